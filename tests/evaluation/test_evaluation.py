"""The evaluation: parts kept apart, tricks that change the name, counts, learning that repeats."""

import csv
import random

import pytest
from world import review, trademark
from world_monitoring import Tables, watched

from ops.__main__ import main
from ops.tools.learn_weights import reviewed_hits
from ops.trials.evaluation.datasets import load, part_of
from ops.trials.evaluation.learning import LabelledHit, learn
from ops.trials.evaluation.marks import many_terms
from ops.trials.evaluation.measure import (
    Example,
    is_right,
    score,
    tricked_examples,
    with_exact_search,
)
from ops.trials.evaluation.trick_table import BY_SCRIPT, tricked
from ops.trials.evaluation.tricks import look_alikes
from processors.matching.scoring import PARTS, built_in_weights, weights_from

BRANDS = ("Samsung", "Tommy Hilfiger", "Kodak", "Reebok", "Adidas", "Louis Vuitton", "Lacoste",
          "Gucci", "Burberry", "Nivea", "Colgate", "Lenovo")  # fmt: skip


@pytest.fixture
def data_directory(tmp_path):
    def write(path, fields, rows):
        path = tmp_path / path
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(fields)
            writer.writerows(rows)

    fields = ("id", "lang", "title", "brand", "brand_alt", "spans", "source_row")
    rows = [
        (f"{b}-{n}", "en", f"{b} original item {n} black", b, "", "", "")
        for b in BRANDS
        for n in range(4)
    ]
    write("titles_india_en/dev/titles.csv", fields, rows)
    write(
        "titles_taobao_beauty/dev/titles.csv", fields,
        [("1", "zh", "欧莱雅男士护肤面霜", "欧莱雅", "", "", ""),
         ("2", "zh", "资生堂红腰子精华", "资生堂", "", "", "")],
    )  # fmt: skip
    write(
        "adversarial_brand_variants/dev/auctionet_misspellings.csv", ("variant", "canonical"),
        [("Luis Vuitton", "Louis Vuitton"), ("Addidas", "Adidas")],
    )  # fmt: skip
    return tmp_path


def test_no_brand_is_in_both_parts(data_directory):
    data = load(data_directory)
    tune = {each.title for each in tricked_examples(data, "tune", 50, 1)}
    test = {each.title for each in tricked_examples(data, "test", 50, 1)}
    assert tune
    assert test
    assert not tune & test
    assert {part_of(brand) for brand in BRANDS} == {"tune", "test"}
    assert part_of("GUCCI") == part_of("gucci")


@pytest.mark.parametrize("script", BY_SCRIPT)
def test_each_trick_changes_the_name_and_nothing_else(script):
    names = {"latin": "Louis Vuitton", "chinese": "資生堂兰芝", "japanese": "ルイガンダム",
             "korean": "나이키", "cyrillic": "Яндекс", "arabic": "ديور", "hebrew": "נייקי",
             "thai": "สยาม"}  # fmt: skip
    others = {"chinese": "资生堂", "vowels_dropped": "Samsung", "leet_spaced": "Adidas",
              "digit_inside": "Adidas", "split_in_three": "Adidas", "several_masked": "Samsung",
              "small_kana": "シャネル", "voicing_apart": "ガンダム"}  # fmt: skip
    for trick_name, trick in BY_SCRIPT[script].items():
        name = others.get(trick_name, others.get(script, names[script]))
        title = tricked(f"new {name} item", name, trick, random.Random(1))
        assert title is not None, trick_name
        assert title.startswith("new ")
        assert title.endswith(" item")
        assert name not in title or trick_name in ("article", "glued", "long_mark")


def test_look_alikes_are_the_consortiums():
    assert "а" in look_alikes()["a"]
    assert "О" in look_alikes()["O"]


def test_counts():
    terms = frozenset({"kodak"})
    examples = [
        Example("x", "kodak film", terms), Example("x", "k0dak sony", terms, "kodak sony"),
    ]  # fmt: skip
    counted = score(with_exact_search(["kodak", "film", "sony"]), examples)
    assert (counted.examples, counted.found, counted.reported, counted.right) == (2, 1, 2, 1)
    assert (counted.recall, counted.precision) == (0.5, 0.5)
    assert is_right("tommy", frozenset({"tommy hilfiger"}))
    assert not is_right("tom", frozenset({"tommy hilfiger"}))


def test_the_same_hits_teach_the_same_weights():
    chance = random.Random(2)
    hits = []
    for _ in range(400):
        values = dict.fromkeys(PARTS, 0.0) | {"bias": 1.0, "characters": chance.random() * 2}
        hits.append(LabelledHit(tuple(values.values()), values["characters"] > 0.8))
    first = learn(hits, "made for the test")
    assert first == learn(hits, "made for the test")
    weights = weights_from(first)
    assert weights.by_part[PARTS.index("characters")] > 1
    assert 0 < weights.threshold < 1


def test_reviews_of_detections_teach_weights():
    tables = Tables([trademark()])
    detections, reviews = [], []
    for number in range(60):
        right = number % 2 == 0
        title = "Cut3x polish" if right else "C-u-t-e-x polish"
        outputs = watched(tables, title=title, listing_id=f"l-{number}").outputs
        detections.append(outputs[0])
        outcome = "take_down" if right else "decline"
        reviews.append(review(case_id=outputs[0].detection_id, outcome=outcome))
    hits = reviewed_hits(detections, [review(), *reviews])
    assert len(hits) == 60
    assert sum(hit.right for hit in hits) == 30
    weights = weights_from(learn(hits, "reviews"))
    assert weights.by_part[PARTS.index("leet")] > weights.by_part[PARTS.index("spaced_letters")]
    assert weights.meaning == built_in_weights().meaning


def test_many_terms_are_distinct_and_the_same_by_seed():
    terms = many_terms(list(BRANDS), 500, 3)
    assert len(set(terms)) == len(terms) == 500
    assert terms == many_terms(list(BRANDS), 500, 3)


def test_the_command_prints_scripts_tricks_and_nominative_use(data_directory, capsys):
    assert main(["evaluate-matching", "--data", str(data_directory), "--tricks", "8"]) == 0
    printed = capsys.readouterr().out
    for wanted in ("latin:leet", "latin:look_alike", "title:latin", "exact search", "rapidfuzz",
                   "tricks: ", "composed, zh"):  # fmt: skip
        assert wanted in printed


def test_the_bench_prints_speed_build_and_swap(data_directory, capsys):
    command = ["bench-matching", "--data", str(data_directory), "--marks", "300"]
    assert main(command) == 0
    printed = capsys.readouterr().out
    for wanted in ("300 marks: built in", "titles/s", "p99", "ratio to", "swap under load"):
        assert wanted in printed


def test_without_data_the_error_says_so(tmp_path, capsys):
    assert main(["evaluate-matching", "--data", str(tmp_path / "none")]) == 2
    assert "no labelled titles" in capsys.readouterr().err
