"""The OpenAPI document is one that clients are made of: names, texts, and where it holds."""

import json
import re
from pathlib import Path

import pytest

DOCUMENT = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text())
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_is_named_by_verb_and_object_and_described(operation):
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation["operationId"])
    assert operation["summary"]
    assert set(operation["tags"]) <= {each["name"] for each in DOCUMENT["tags"]}
    assert operation["security"]
    statuses = set(operation["responses"])
    assert any(status.startswith("2") for status in statuses)
    assert any(status.startswith("4") for status in statuses)


def test_no_two_operations_have_one_name():
    names = [each.values[0]["operationId"] for each in OPERATIONS]
    assert len(set(names)) == len(names)


def test_tags_servers_and_licence_are_told():
    assert all(tag["description"] for tag in DOCUMENT["tags"])
    assert DOCUMENT["servers"][0]["url"] == "/"
    assert DOCUMENT["info"]["license"]["identifier"] == "Apache-2.0"
