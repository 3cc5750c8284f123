"""What must be on the machine, and the downloads that are made once."""

import fcntl
import os
import re
import shutil
import subprocess
from pathlib import Path

from ops.errors import OperatorError

POM = Path(__file__).with_name("pom.xml")
RUN_DIRECTORY = Path(os.environ.get("IP_RUN_DIRECTORY", Path(__file__).parents[3] / ".run"))
MINIMUM_JAVA = 17
DOWNLOAD_TIMEOUT_SECONDS = 900


def java() -> str:
    """Return the path of a Java that is new enough. Errors: OperatorError with Debian's package."""
    path = shutil.which("java")
    if path is None:
        raise OperatorError(
            f"Java {MINIMUM_JAVA} or later is needed; on Debian: "
            "apt-get install default-jdk-headless"
        )
    told = subprocess.run([path, "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'version "(\d+)', told)
    if found is None or int(found.group(1)) < MINIMUM_JAVA:
        raise OperatorError(
            f"Java {MINIMUM_JAVA} or later is needed, {path} is older; on Debian: "
            "apt-get install default-jdk-headless"
        )
    return path


def maven() -> str:
    """Return the path of Maven. Errors: OperatorError with Debian's package."""
    path = shutil.which("mvn")
    if path is None:
        raise OperatorError("Maven is needed; on Debian: apt-get install maven")
    return path


def install(directory: Path = RUN_DIRECTORY) -> Path:
    """Bring Kafka and the registry in, once; return the directory that holds both.

    Errors: OperatorError where Maven is missing or fails.
    """
    return packaged(POM, directory / "lib", POM.read_text())


def packaged(pom: Path, output: Path, sources: str) -> Path:
    """Run Maven's package phase into a directory, once for each state of the sources.

    Of processes that ask at the same time one runs it, and the others wait. Errors: OperatorError
    where Maven is missing or fails.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    with output.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _packaged(pom, output, sources)


def _packaged(pom: Path, output: Path, sources: str) -> Path:
    done = output / "installed"
    if done.exists() and done.read_text() == sources:
        return output
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir()
    command = [maven(), "-q", "-B", "-f", str(pom), f"-Doutput={output.resolve()}", "package"]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=DOWNLOAD_TIMEOUT_SECONDS
    )
    if ended.returncode != 0:
        raise OperatorError(f"Maven failed:\n{(ended.stdout + ended.stderr)[-3000:]}")
    done.write_text(sources)
    return output
