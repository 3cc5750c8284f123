"""Complaints with the answers that are right, in a tuning and a frozen half."""

import csv
import json
from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from ops.errors import OperatorError
from schemas.yaml_text import yaml_content

Half = Literal["tuning", "frozen"]
HALVES: tuple[Half, ...] = ("tuning", "frozen")

LABELS = frozenset({"infringing_clear", "infringing_doubtful", "lawful", "mismatch"})
ACTIONS = frozenset({"take_down", "never"})
SELLERS = frozenset({"stranger", "licensed"})
OWNER = "owner"

DATA = Path(__file__).with_name("data") / "decisions"


class RegisterRecord(NamedTuple):
    """A line of marks.csv: a mark as a register has it. Dates are ISO 8601, or empty."""

    mark: str
    text: str
    feature: str
    classes: str
    office: str
    number: str
    status: str
    owner: str
    applied_on: str
    registered_on: str
    expires_on: str
    territories: str


class LabelledComplaint(NamedTuple):
    """A line of complaints/*.csv. What the columns mean is told in SOURCE.md beside the data."""

    id: str
    title: str
    brand: str
    category: str
    nice_class: str
    territory: str
    language: str
    seller: str
    listed_on: str
    mark: str
    complainant: str
    ground: str
    evidence: str
    label: str
    doctrine: str
    action: str
    title_source: str
    authority: str

    @property
    def kind(self) -> str:
        """The file that the complaint stands in, which is one kind of case."""
        return self.id.rpartition("-")[0]

    @property
    def half(self) -> Half:
        """Return the half that the complaint belongs to, by its id alone."""
        return "frozen" if sha256(f"decisions:{self.id}".encode()).digest()[0] % 2 else "tuning"


class LabelledSet(NamedTuple):
    """All complaints by file and line, and the register by mark."""

    complaints: list[LabelledComplaint]
    marks: dict[str, RegisterRecord]

    def of_half(self, half: Half) -> list[LabelledComplaint]:
        """Return the complaints of one half."""
        return [each for each in self.complaints if each.half == half]


def load(directory: Path = DATA) -> LabelledSet:
    """Read all files. Errors: OperatorError where a line is not as SOURCE.md has it."""
    marks = {row["mark"]: RegisterRecord(**row) for row in _rows(directory / "marks.csv")}
    authorities = yaml_content((directory / "authorities.yaml").read_text(encoding="utf-8"))
    complaints = []
    known: set[str] = set()
    for path in sorted((directory / "complaints").glob("*.csv")):
        for row in _rows(path):
            each = LabelledComplaint(**row)
            _check(each, path.stem, marks, frozenset(authorities))
            if each.id in known:
                raise OperatorError(f"{path}: {each.id} stands there twice")
            known.add(each.id)
            complaints.append(each)
    return LabelledSet(complaints, marks)


def digest(complaints: Iterable[LabelledComplaint], marks: dict[str, RegisterRecord]) -> str:
    """Return a SHA-256 of complaints and of the register's records that they rely on."""
    lines = sorted(json.dumps([*each, *marks[each.mark]]) for each in complaints)
    return sha256("\n".join(lines).encode()).hexdigest()


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file, strict=True)


def _check(
    each: LabelledComplaint,
    kind: str,
    marks: dict[str, RegisterRecord],
    authorities: frozenset[str],
) -> None:
    faults = [
        name
        for name, good in {
            "id": each.kind == kind,
            "mark": each.mark in marks,
            "label": each.label in LABELS,
            "action": each.action in ACTIONS,
            "seller": each.seller in SELLERS,
            "authority": each.authority in authorities,
            "action for the label": (each.action == "take_down")
            == (each.label == "infringing_clear"),
        }.items()
        if not good
    ]
    if faults:
        raise OperatorError(f"labelled complaint {each.id}: wrong {', '.join(faults)}")
