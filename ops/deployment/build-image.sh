#!/usr/bin/env bash
# Builds the image where no registry of images is to be asked: the base is made of Debian's packages.
# Needs mmdebstrap and buildah, and root; what pip is told of mirrors and certificates goes along.
set -euo pipefail
cd "$(dirname "$0")/../.."
export BUILDAH_ISOLATION=chroot STORAGE_DRIVER="${STORAGE_DRIVER:-vfs}"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mmdebstrap --quiet --variant=minbase \
  --include=python3,python3-venv,python3-pip,python-is-python3,ca-certificates \
  "${1:-$release}" "$scratch/base.tar"
base=$(buildah from scratch)
buildah add --quiet "$base" "$scratch/base.tar" /
buildah commit --quiet --rm "$base" ip-takedowns-base

given=()
for file in /etc/pip.conf "${PIP_CERT:-}"; do
  if [ -f "$file" ]; then given+=(--volume "$file:$file:ro"); fi
done
buildah build --quiet --build-arg PYTHON=localhost/ip-takedowns-base "${given[@]}" \
  --file ops/deployment/Containerfile --tag ip-takedowns .
