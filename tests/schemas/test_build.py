"""Whether the tests run on the build that they are to run on: `BUILD` says which."""

from importlib import import_module
from pathlib import Path

import pytest
from build import BUILD

import ops
from ops.tools.compiled_wheel import COMPILED, PLAIN, compiled_modules

PACKAGES = Path(ops.__file__).parents[1]
MODULES = compiled_modules(PACKAGES)


@pytest.mark.parametrize("path", MODULES)
def test_each_module_is_of_the_build(path):
    module = import_module(path.removesuffix(".py").replace("/", "."))
    is_compiled = Path(module.__file__).suffix == ".so"
    assert is_compiled == (BUILD == "compiled")


def test_what_is_named_is_there():
    paths = {str(path.relative_to(PACKAGES)) for path in PACKAGES.glob("*/**/*.py")}
    for pattern in (*COMPILED, *PLAIN):
        assert any(Path(path).match(pattern) for path in paths), pattern
