"""Whether a title names goods alone: any word that may be a part or an accessory goes to people."""

import pytest

from processors.matching.folding import fold
from processors.matching.goods import _classes, goods_named, of_mark
from processors.matching.use import Place, phrases, title_words


def named(title, mark="zorvex"):
    """Return what a title tells of the goods beside a mark in it."""
    folded, term = fold(title), fold(mark)
    begin = folded.find(term)
    places = [Place(begin, begin + len(term))] if begin >= 0 else []
    return goods_named(folded, title_words(folded), places)


@pytest.mark.parametrize(
    "title",
    [
        "Zorvex men's running shoes black, size 10",
        "Zorvex WH-1000XM4 headphones silver",
        "Zorvex SPR 17W sunglasses",
        "Zorvex hand cream 75 ml",
        "Zorvex over ear headphones black",
        "Zorvex full zip hoodie grey",
        "Zorvex No 5 eau de parfum 100 ml",
        "Neu: Zorvex Damen Jacke schwarz Gr. M",
        "Zorvex zapatillas blancas hombre 42",
        "Zorvex кроссовки мужские белые 43",
        "Zorvex 运动鞋 男 黑色 42码",
        "Zorvex スニーカー メンズ 黒",
        "Zorvex 지갑 여성 블랙",
    ],
)
def test_goods_alone(title):
    assert named(title) == "named"


@pytest.mark.parametrize(
    "title",
    [
        "Zorvex oyster watch links",
        "Zorvex sneaker cufflinks",
        "Zorvex watch sizing tool",
        "Zorvex camera shoes bag",
        "Zorvex shoe tote",
        "Zorvex vacuum cleaner elbow",
        "Zorvex Turnschuhe Fersenpolster",
        "Zorvex montre maillons",
        "Zorvex bolso tirante",
        "Zorvex scarpe sottopiede",
        "Zorvex kurtka suwak",
        "Zorvex куртка бегунок молнии",
        "Zorvex 手表 表扣",
        "Zorvex スニーカー 中敷",
        "Zorvex 운동화 보호대",
        "Zorvex รองเท้า แผ่นรอง",
        "Zorvex handbag bought in Paris",
        "Zorvex pin 12 watch",
        "Zorvex watch face blue 36mm",
        "Zorvex watch hand steel",
        "Zorvex vacuum body black",
        "Zorvex gift bag small white",
        "Zorvex jacket zip gold",
        "Zorvex reloj eje 3",
        "Zorvex headphones for S23",
        "Zorvex Kopfhörer für WH1000",
        "Zorvex наушники для A52",
        "Zorvex bike light",
        "Zorvex phone usb c",
        "Zorvex shirt tag size L",
        "Zorvex Schuhe Farbe weiß",
    ],
)
def test_any_other_word_may_be_what_is_offered(title):
    assert named(title) == "amid_words"


@pytest.mark.parametrize(
    "title",
    [
        "Zorvex",
        "Zorvex links",
        "Zorvex Werkzeugrucksack",
        "Zorvex bracelet 20 mm",
        "Zorvex camera black",
    ],
)
def test_no_goods_of_their_own(title):
    assert named(title) == "not_named"


@pytest.mark.parametrize(
    "title",
    [
        "Zorvex coffee 50 count",
        "Zorvex Motoröl 5 l",
        "Zorvex bolsa negra",
        "Zorvex ssd 1tb",
        "Zorvex memory card 64gb",
        "Zorvex power bank 10000 mah",
        "Zorvex headset",
        "Zorvex paint black 50ml",
    ],
)
def test_what_goes_with_a_device_is_no_goods_in_its_own_right(title):
    assert named(title) == "not_named"


@pytest.mark.parametrize(
    ("title", "classes", "goods"),
    [
        ("Zorvex wallet black", (9,), "other_class"),
        ("Zorvex Rucksack schwarz", (9, 28), "other_class"),
        ("Zorvex dress pink", (28,), "other_class"),
        ("Zorvex 지갑 블랙", (9,), "other_class"),
        ("Zorvex 双肩包 黑色", (9,), "other_class"),
        ("Zorvex wallet black", (9, 18), "named"),
        ("Zorvex wallet black", (), "named"),
        ("Zorvex headphones black", (9,), "named"),
        ("Zorvex wallet holder", (9,), "amid_words"),
        ("Zorvex mug", (7, 11, 30), "other_class"),
        ("Zorvex tent black", (9, 12), "other_class"),
        ("Zorvex マグカップ", (30,), "other_class"),
        ("Zorvex serum 30 ml", (5,), "named"),
        ("Zorvex jacket men", (17, 25), "with_mark"),
        ("Zorvex headphones black", (9, 17), "named"),
    ],
)
def test_goods_of_a_class_without_the_mark_may_only_carry_its_goods(title, classes, goods):
    assert of_mark(named(title), title_words(fold(title)), "zorvex", classes) == goods


@pytest.mark.parametrize(
    ("mark", "title", "classes", "goods"),
    [
        ("GORE-TEX", "Gore-Tex jacket black", (25,), "with_mark"),
        ("스와로브스키", "스와로브스키 시계 블랙", (14,), "with_mark"),
        ("INTEL", "Intel laptop", (9,), "with_mark"),
        ("iPhone", "iPhone headphones white", (9,), "with_mark"),
        ("BARBIE", "Barbie dress pink", (25, 28), "with_mark"),
        ("BARBIE", "Barbie doll", (25, 28), "named"),
        ("BMW", "BMW jacket men", (12, 25), "named"),
    ],
)
def test_goods_of_any_maker_are_made_with_a_mark_or_go_with_it(mark, title, classes, goods):
    told = named(title, mark)
    assert of_mark(told, title_words(fold(title)), fold(mark), classes) == goods


def test_all_goods_have_a_class_and_no_others_do():
    assert set(_classes()) == {each.text for each in phrases() if each.use == "goods"}
