"""A disk that is small, to be filled on purpose: a tmpfs of its own."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from ops.errors import OperatorError
from ops.local.process import LocalServer

BLOCK = bytes(1 << 20)
SMALLEST_BLOCK_BYTES = 512


class SmallDiskRefused(OperatorError):
    """This process may not mount a disk."""


class SmallDisk(LocalServer):
    """A disk of so many bytes, mounted at `path`; a context manager."""

    def __init__(self, size_bytes: int) -> None:
        self._size_bytes = size_bytes
        self.path = Path()

    def launch(self) -> None:
        """Mount it. Errors: SmallDiskRefused, as only root may."""
        self.path = Path(tempfile.mkdtemp(prefix="ip-small-disk-"))
        options = f"size={self._size_bytes},mode=755"
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(self.path)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode:
            raise SmallDiskRefused(f"no small disk can be mounted here: {made.stderr.strip()}")

    def await_answer(self) -> None:
        """Return at once: what is mounted is there."""

    def stop(self) -> None:
        """Unmount it; what was on it is gone."""
        if os.path.ismount(self.path):
            subprocess.run(["umount", "-l", str(self.path)], check=True)
        shutil.rmtree(self.path, ignore_errors=True)

    def fill(self) -> None:
        """Take all the room that there is."""
        with self._ballast.open("ab", buffering=0) as file:
            block = BLOCK
            while len(block) >= SMALLEST_BLOCK_BYTES:
                try:
                    file.write(block)
                except OSError:
                    block = block[: len(block) // 2]

    def make_room(self) -> None:
        """Give back what `fill` took."""
        self._ballast.unlink()

    @property
    def _ballast(self) -> Path:
        return self.path / "ballast"
