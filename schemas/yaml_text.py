"""YAML as it is read everywhere: plain values only, by the parser in C where there is one."""

from typing import Any

import yaml

# The parser in Python takes ten times as long, and a process reads some hundred kilobytes at once.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def yaml_content(text: str | bytes) -> Any:
    """Return what a text says. Errors: yaml.YAMLError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506
