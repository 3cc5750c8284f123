"""Kafka's jars and the schema registry: which they are, and the one time that they are fetched.

`artifacts.txt` has a line for each: the folder that it belongs to, its coordinates, and its
SHA-256. `python -m ops.local.kafka.artifacts` writes it anew for the versions that are here.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ops.errors import OperatorError

if TYPE_CHECKING:
    from jgo.maven import MavenContext

LIST = Path(__file__).with_name("artifacts.txt")
RUN_DIRECTORY = Path(os.environ.get("IP_RUN_DIRECTORY", Path(__file__).parents[3] / ".run"))
KAFKA = "org.apache.kafka:kafka_2.13:4.1.0"
REGISTRY = "io.apicurio:apicurio-registry-app:2.6.13.Final:all:tar.gz"
TIMEOUT_SECONDS = 60
AT_ONCE = 8


class Artifact(NamedTuple):
    """A file of a Maven repository: group, artifact and version, then classifier and packaging."""

    folder: str
    coordinates: str
    sha256: str

    def fetch(self, context: "MavenContext") -> Path:
        """Return its file, from a local repository or fetched. Errors: OperatorError."""
        group, name, version, *others = self.coordinates.split(":")
        found = context.project(group, name).at_version(version).artifact(*others)
        try:
            return Path(found.resolve())
        except (OSError, RuntimeError) as error:
            raise OperatorError(f"{self.coordinates} can't be fetched: {error}") from error


def install(directory: Path = RUN_DIRECTORY) -> Path:
    """Bring Kafka and the registry in, once; return the directory that holds both.

    Of processes that ask at the same time one fetches, and the others wait. Errors: OperatorError
    where a file can't be had, or is another than was listed.
    """
    output, wanted = directory / "lib", LIST.read_text()
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = output / "installed"
        if not done.exists() or done.read_text() != wanted:
            shutil.rmtree(output, ignore_errors=True)
            with tempfile.TemporaryDirectory(dir=directory) as repository:
                _place(output, _context(Path(repository)))
            done.write_text(wanted)
    return output


def listed() -> list[Artifact]:
    """Return all artifacts that are listed."""
    return [Artifact(*line.split()) for line in LIST.read_text().splitlines()]


def checked(artifact: Artifact, path: Path) -> Path:
    """Return a file that is the one that was listed. Errors: OperatorError."""
    if sha256(path) != artifact.sha256:
        raise OperatorError(f"{artifact.coordinates} is another file than the one listed: {path}")
    return path


def sha256(path: Path) -> str:
    """Return a file's digest."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _place(output: Path, context: "MavenContext") -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        fetched = pool.map(lambda each: (each, checked(each, each.fetch(context))), listed())
        for artifact, path in fetched:
            folder = output / artifact.folder
            folder.mkdir(parents=True, exist_ok=True)
            if path.name.endswith(".tar.gz"):
                with tarfile.open(path) as archive:
                    archive.extractall(folder, filter="data")
            else:
                shutil.move(path, folder / path.name)


def _context(repository: Path) -> "MavenContext":
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415 - of the extra `local`
    except ModuleNotFoundError as error:
        raise OperatorError("Kafka's jars are fetched by jgo: pip install '.[local]'") from error
    return MavenContext(repo_cache=repository, timeout=TIMEOUT_SECONDS)


def _resolved(context: "MavenContext") -> Iterator[tuple[str, str]]:
    inputs, others = context.resolver.resolve([context.create_dependency(KAFKA)])
    for each in (*inputs, *others):
        yield "kafka", f"{each.groupId}:{each.artifactId}:{each.version}"
    yield "registry", REGISTRY


def renew() -> None:
    """Write the list anew: all that the versions named here depend on, as it is served now."""
    with tempfile.TemporaryDirectory() as repository:
        context = _context(Path(repository))
        lines = [
            f"{folder} {coordinates} {sha256(Artifact(folder, coordinates, '').fetch(context))}\n"
            for folder, coordinates in _resolved(context)
        ]
    LIST.write_text("".join(sorted(lines)))


if __name__ == "__main__":
    renew()
    sys.stdout.write(f"{LIST}\n")
