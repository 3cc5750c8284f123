"""Each command line in a document is one that the command takes, with all its options."""

import re
import shlex
from pathlib import Path

import pytest

from ops.__main__ import parser_for

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
ENTRY = "python -m ops "


def command_lines(text):
    """Yield the command lines of a document's blocks, indented or fenced, each as one line."""
    blocks = re.findall(r"^ *```(\w*)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)
    fenced = [block for language, block in blocks if language in {"", "sh"}]
    indented = re.findall(
        r"^ {4}(\S.*)$", re.sub(r"^ *```.*?^ *```", "", text, flags=re.M | re.S), re.M
    )
    for line in "\n".join([*fenced, *indented]).replace("\\\n", " ").splitlines():
        before, entry, arguments = line.partition(ENTRY)
        if entry:
            yield arguments.partition(")")[0] if before.endswith("$(") else arguments


def words_of(arguments):
    """Return the words of a command line, without where its output goes, as one would give them."""
    words = shlex.split(re.sub(r"\s[>|&].*", "", arguments), comments=True)
    return [re.sub(r"^TASK$", "1", word) for word in words]


FOUND = [
    (path.relative_to(ROOT), line)
    for path in DOCUMENTS
    for line in command_lines(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("path", "line"), FOUND, ids=lambda each: str(each)[:60])
def test_a_command_line_is_taken(path, line, capsys):
    words = words_of(line)
    try:
        parser_for(words).parse_args(words)
    except SystemExit:
        pytest.fail(f"{path}: {line}\n{capsys.readouterr().err}")


def test_all_blocks_are_found():
    assert {str(path) for path, _ in FOUND} >= {"docs/operations.md", "docs/private-texts.md"}
    assert len(FOUND) > 30
