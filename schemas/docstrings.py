"""What is written below a class, a field or a name in a module of schemas/events, as its doc."""

import ast
import inspect
from functools import cache
from itertools import pairwise
from types import ModuleType
from typing import Any


def class_doc(kind: type[Any]) -> str:
    """Return what is written of a class, on one line."""
    return _line(kind.__doc__ or "")


def field_docs(kind: type[Any]) -> dict[str, str]:
    """Return what is written below each field of a class."""
    module = inspect.getmodule(kind)
    if module is None:
        return {}
    classes = [node for node in _tree(module).body if isinstance(node, ast.ClassDef)]
    body = next(node.body for node in classes if node.name == kind.__name__)
    return _docs(body)


def name_docs(module: ModuleType) -> dict[str, str]:
    """Return what is written below each name of a module."""
    return _docs(_tree(module).body)


def _docs(body: list[ast.stmt]) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement, after in pairwise(body):
        match statement, after:
            case (
                ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                found[name] = _line(text)
    return found


@cache
def _tree(module: ModuleType) -> ast.Module:
    return ast.parse(inspect.getsource(module))


def _line(text: str) -> str:
    return " ".join(text.split())
