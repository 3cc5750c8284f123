"""The generated documents say what the code says."""

import argparse
import re
from math import prod

import yaml

from ops.documents import command as docs_command
from processors.rules.domain import COMPLAINTS
from schemas.reasons import REASONS
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules


def test_no_generated_document_is_stale():
    assert docs_command.stale_documents(docs_command.ROOT) == []


def test_a_missing_or_changed_document_is_named(tmp_path):
    for path, text in docs_command.generated().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert docs_command.stale_documents(tmp_path) == []
    (tmp_path / "docs/metrics.md").unlink()
    with (tmp_path / "docs/reason-codes.md").open("a", encoding="utf-8") as file:
        file.write("Said by hand.\n")
    assert docs_command.stale_documents(tmp_path) == ["docs/metrics.md", "docs/reason-codes.md"]


def test_write_mends_what_check_names(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(docs_command, "ROOT", tmp_path)
    (tmp_path / "docs").mkdir()
    check, write = (argparse.Namespace(action=action) for action in ("check", "write"))
    assert docs_command.run(check) == 1
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(
        docs_command.generated()
    )
    assert docs_command.run(write) == 0
    assert docs_command.run(check) == 0
    assert capsys.readouterr().out == ""


def test_every_reason_code_has_a_row_and_every_rule_stands_beside_its_codes():
    text = (docs_command.ROOT / "docs/reason-codes.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", text, re.MULTILINE))
    assert list(rows) == sorted(REASONS)
    for rule in load_rules(BUILT_IN_DIRECTORY):
        for code in rule.reason_codes:
            assert f"`{rule.rule_id}`" in rows[code]


def test_the_guide_to_rules_names_every_value_of_every_finding():
    text = (docs_command.ROOT / "docs/rules.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^  \| `(\w+)` \| (.*) \|$", text, re.MULTILINE))
    written = {name: tuple(re.findall(r"`(\w+)`", values)) for name, values in rows.items()}
    assert written == COMPLAINTS.words


def test_the_guides_example_is_a_rule():
    text = (docs_command.ROOT / "docs/rules.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```yaml\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    rule = yaml.safe_load(example)
    path = BUILT_IN_DIRECTORY / f"{rule['rule_id']}.yaml"
    assert rule == yaml.safe_load(path.read_text(encoding="utf-8"))


def test_numbers_of_combinations_in_the_guides_are_those_of_the_code():
    combinations = f"{prod(len(values) for values in COMPLAINTS.words.values()):,}"
    for path in ("docs/rules.md", "docs/decisions/0003-rules-in-cel.md"):
        text = (docs_command.ROOT / path).read_text(encoding="utf-8")
        assert set(re.findall(r"\b\d{1,3}(?:,\d{3}){2}\b", text)) == {combinations}
