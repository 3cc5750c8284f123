"""The ledger of seeds: what it says of the runs, and that runs go on where it ends."""

from pathlib import Path

import pytest

from ops.__main__ import main
from ops.errors import OperatorError
from ops.trials.seeded.ledger import Piece, read_ledger, sum_of

DOCS = Path(__file__).parents[2] / "docs"


def run(path, seeds, minutes="5"):
    options = ["--seeds", *seeds, "--ledger", str(path), "--minutes", minutes]
    return main(["chaos", "simulated", *options])


@pytest.mark.slow
def test_runs_go_on_where_the_ledger_ends(tmp_path, capsys):
    path = tmp_path / "seeds.csv"
    path.write_text(",".join(Piece._fields) + "\n2,3,abc,4.5,3\n")
    assert run(path, ["1-4"]) == 0
    pieces = read_ledger(path)
    assert [(each.first_seed, each.last_seed) for each in pieces] == [(2, 3), (1, 1), (4, 4)]
    assert pieces[0] == Piece(2, 3, "abc", 4.5, (3,))
    assert all(each.commit and each.core_seconds > 0 for each in pieces)
    assert capsys.readouterr().out.strip().startswith("4 seeds of 2 commits, 1 failed (3),")
    assert run(path, ["1-4"]) == 0
    assert read_ledger(path) == pieces


@pytest.mark.slow
def test_a_run_ends_with_its_time_and_the_next_goes_on(tmp_path):
    path = tmp_path / "seeds.csv"
    assert run(path, ["1", "3", "5"], minutes="0") == 0
    assert [each.seeds for each in read_ledger(path)] == [range(1, 2)]
    assert run(path, ["1", "3", "5"], minutes="0") == 0
    assert [each.first_seed for each in read_ledger(path)] == [1, 3]


@pytest.mark.parametrize("text", ["", "seed\n1\n", ",".join(Piece._fields) + "\n1,x,abc,1.0,\n"])
def test_another_file_is_refused(tmp_path, text):
    path = tmp_path / "seeds.csv"
    path.write_text(text)
    with pytest.raises(OperatorError, match="no ledger of seeds"):
        read_ledger(path)


def test_the_document_says_what_the_ledger_comes_to():
    pieces = read_ledger(DOCS / "simulated-seeds.csv")
    assert pieces
    assert sum_of(pieces) in (DOCS / "simulated-faults.md").read_text(encoding="utf-8")
