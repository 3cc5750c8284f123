"""The build of the software that a trial's workers run."""

from pathlib import Path
from typing import NamedTuple, Self

from ops.errors import OperatorError
from schemas.wire.generated import COMPILED_MODULE


class Build(NamedTuple):
    """This process's own build, or one that is installed in a folder."""

    name: str = ""
    folder: Path | None = None

    @classmethod
    def compiled(cls, folder: Path) -> Self:
        """Return the compiled build in a folder. Errors: OperatorError where there is none."""
        if not list(folder.glob(f"{COMPILED_MODULE.replace('.', '/')}.*.so")):
            raise OperatorError(f"{folder} has no compiled build: make wheel-compiled")
        return cls("compiled", folder.resolve())

    def instance(self, name: str) -> str:
        """Return the name of a worker of this build."""
        return f"{name}-{self.name}" if self.name else name

    @classmethod
    def former(cls, folder: Path) -> Self:
        """Return the source of a former version. Errors: OperatorError where there is none."""
        if not (folder / "ops" / "__main__.py").exists():
            raise OperatorError(f"{folder} has no version of this software")
        return cls("former", folder.resolve())

    @property
    def environment(self) -> dict[str, str]:
        """What makes a process import this build, wherever it is started."""
        if self.folder is None:
            return {}
        return {"PYTHONPATH": str(self.folder), "PYTHONSAFEPATH": "1"}


OWN = Build()
