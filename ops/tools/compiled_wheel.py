"""`python -m ops compiled-wheel`: build a wheel whose pure packages are machine code, by mypyc.

The wheel has the same packages and modules as the plain one, and passes the same tests. It is built
in a folder of its own: neither its generated code nor its libraries come to lie beside the source.
"""

import argparse
import shutil
import subprocess
import sys
import sysconfig
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

from ops.errors import OperatorError
from schemas.wire.generated import COMPILED_MODULE
from schemas.wire.module_source import module_source
from schemas.wire.row_codec import ROW_TYPES

SOURCE = Path(__file__).parents[2]
PACKAGES = ("ops", "replay", "streams", "processors", "sinks", "schemas")
NOTICES = ("pyproject.toml", "README.md", "LICENSE")

COMPILED = (
    "processors/*.py",
    "schemas/identity.py",
    "schemas/wire/codec.py",
    "schemas/wire/primitives.py",
    "schemas/wire/row_codec.py",
    "schemas/wire/rows.py",
    "streams/kafka/output_records.py",
    "streams/state/indexes.py",
    "streams/state/row_cache.py",
    "streams/state/row_keys.py",
    "streams/state/row_kinds.py",
    "streams/worker/batch_endings.py",
    "streams/worker/batch_journal.py",
    "streams/worker/batch_rows.py",
    "streams/worker/engine.py",
    "streams/worker/failures.py",
    "streams/worker/level_rows.py",
    "streams/worker/results.py",
    "streams/worker/row_names.py",
    "streams/worker/working_set.py",
)
PLAIN = (
    "*/__init__.py",
    # The types of its fields are read while it runs, and mypyc keeps only the classes.
    "processors/findings/findings.py",
    "processors/titles/misuse.py",
    # Holidays are a dict that fills when asked: mypyc asks it as if it were a plain one.
    "processors/policies/business_calendar.py",
    # Rulings are remembered, so that these run once for each.
    "processors/rules/*.py",
    "processors/reviews/*.py",
)
"""Patterns of what is compiled, and of what is not although it is among it."""

_SETUP = """\
import sys

from mypyc.build import mypycify
from setuptools import setup


def extensions():
    arguments = ["--config-file=pyproject.toml", *{modules!r}]
    return mypycify(
        arguments,
        opt_level={optimisation!r},
        debug_level="0",
        group_name="ip_takedowns",
        multi_file=True,
    )


# Who asks for the metadata only need not wait for them.
setup(ext_modules=extensions() if "bdist_wheel" in sys.argv else [])
"""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("compiled-wheel", help="build a wheel of machine code")
    parser.add_argument("--output", type=Path, default=Path("dist"), help="folder of the wheel")
    parser.add_argument("--work", type=Path, default=Path("build/compiled"), help="made anew")
    parser.add_argument("--optimisation", choices=("0", "1", "2", "3"), default="3")
    parser.add_argument("--install", type=Path, help="folder to install the wheel in, made anew")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Build the wheel, and install it where asked to. Errors: OperatorError."""
    _check_tools()
    shutil.rmtree(options.work, ignore_errors=True)
    modules = stage(options.work, options.optimisation)
    sys.stdout.write(f"compiling {len(modules)} modules, which takes minutes\n")
    sys.stdout.flush()
    options.output.mkdir(parents=True, exist_ok=True)
    _pip("wheel", "--no-build-isolation", "--wheel-dir", str(options.output), str(options.work))
    [wheel] = sorted(options.output.glob("*.whl"), key=lambda each: each.stat().st_mtime)[-1:]
    sys.stdout.write(f"{wheel}\n")
    if options.install is not None:
        shutil.rmtree(options.install, ignore_errors=True)
        _pip("install", "--target", str(options.install), str(wheel))
    return 0


def stage(directory: Path, optimisation: str) -> list[str]:
    """Write all that the wheel is built from to a folder; return the modules to be compiled."""
    ignored = shutil.ignore_patterns("__pycache__", "target")
    for name in PACKAGES:
        shutil.copytree(SOURCE / name, directory / name, ignore=ignored)
    for name in NOTICES:
        shutil.copy(SOURCE / name, directory / name)
    generated = f"{COMPILED_MODULE.replace('.', '/')}.py"
    (directory / generated).write_text(module_source(ROW_TYPES), encoding="utf-8")
    modules = [*compiled_modules(directory), generated]
    text = _SETUP.format(modules=modules, optimisation=optimisation)
    (directory / "setup.py").write_text(text, encoding="utf-8")
    return modules


def compiled_modules(directory: Path) -> list[str]:
    """Return the modules under a folder that are compiled, by their paths in it."""
    paths = sorted(
        str(path.relative_to(directory))
        for name in PACKAGES
        for path in (directory / name).rglob("*.py")
    )
    return [path for path in paths if _matches(path, COMPILED) and not _matches(path, PLAIN)]


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    # A star stands for slashes too.
    return any(fnmatch(path, pattern) for pattern in patterns)


def _check_tools() -> None:
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    if shutil.which(compiler) is None:
        raise OperatorError(f"no C compiler: {compiler} is not there (Debian: apt install gcc)")
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        raise OperatorError("Python.h is not there (Debian: apt install python3-dev)")
    if find_spec("mypyc") is None:
        raise OperatorError("mypyc is not there: pip install '.[dev]'")


def _pip(*arguments: str) -> None:
    line = [sys.executable, "-m", "pip", "--quiet", *arguments[:1], "--no-deps", *arguments[1:]]
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise OperatorError(f"pip {arguments[0]} failed:\n{(done.stdout + done.stderr)[-4000:]}")
