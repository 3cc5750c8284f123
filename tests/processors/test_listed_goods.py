"""Goods that a register lists are compared with what a listing names, for people to decide."""

import pytest
from world import listing, trademark

from processors.findings.goods import goods_not_named, goods_of
from schemas.events.trademarks import ClassGoods


@pytest.mark.parametrize(
    ("listed", "title", "category", "differ"),
    [
        ("Removers of nail polish; cosmetics", "Cutex nail polish remover", "", False),
        ("Downloadable software", "Cutex phone case", "Phones", True),
        ("Telephone cases", "Cutex case", "", False),
        ("Kosmetika; Nagellackentferner", "Cutex Nagellackentferner 200 ml", "", False),
        ("Kosmetika", "Cutex nail polish remover", "", True),
        ("Cosmetics", "Cutex 200 ml", "Beauty > Cosmetics", False),
        ("化妆品；洗甲水", "Cutex 洗甲水 200ml", "", False),
        ("化妆品", "Cutex 手机壳", "", True),
        ("Cutex brand handbags", "Cutex cup", "", True),
        ("", "Cutex cup", "", False),
    ],
)
def test_goods_are_named_by_any_word_of_title_or_category(listed, title, category, differ):
    goods = (ClassGoods(3, listed),) if listed else ()
    mark = trademark(mark_text="CUTEX", goods=goods)
    offered = listing(title=title, category=category, nice_classes=(3,))
    assert goods_not_named(mark, offered) is differ


def test_goods_of_other_classes_say_nothing_of_a_listing():
    mark = trademark(goods=(ClassGoods(9, "Software"),))
    assert not goods_not_named(mark, listing(title="Cutex cup", nice_classes=(3,)))


def test_goods_without_a_class_are_of_any():
    mark = trademark(goods=(ClassGoods(0, "EMERY BOARDS"),))
    assert not goods_not_named(mark, listing(title="Cutex emery board", nice_classes=(8,)))
    assert goods_not_named(mark, listing(title="Cutex cup", category="", nice_classes=(8,)))


def test_reviewers_read_goods_by_class():
    assert goods_of(None) == ""
    assert goods_of(trademark(goods=(ClassGoods(3, "Soap"), ClassGoods(9, "Apps")))) == (
        "3: Soap\n9: Apps"
    )
