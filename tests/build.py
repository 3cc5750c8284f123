"""Which build of the software the tests run on."""

import os

import pytest

BUILD = os.environ.get("BUILD", "plain")
puts_in_place = pytest.mark.skipif(
    BUILD == "compiled", reason="machine code calls its own, whatever is put in place of it"
)
