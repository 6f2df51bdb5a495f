"""What authors answer is kept under one spelling of the item, and an item that no checklist has is refused."""

from __future__ import annotations

import pytest

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.answers import ITEMS, ChecklistForm, item_key, key_of
from prisma_tool.review.protocol.read import parse_protocol


def test_prisma_2020_has_27_items_in_42_rows_and_the_others_the_numbers_of_their_statements() -> None:
    rows = ITEMS[ChecklistForm.PRISMA_2020]
    assert len(rows) == 42
    assert len({int(row.rstrip("abcdef")) for row in rows}) == 27
    assert [len(ITEMS[form]) for form in ChecklistForm] == [42, 12, 16, 22, 4]


@pytest.mark.parametrize("form", list(ChecklistForm))
def test_every_item_is_read_back_from_its_own_key(form: ChecklistForm) -> None:
    for number in ITEMS[form]:
        for page in (False, True):
            assert item_key(key_of(form, number, page=page)) == key_of(form, number, page=page)


@pytest.mark.parametrize(
    ("written", "key"),
    [("13A", "13a"), ("prisma2020:13a", "13a"), (" S:6 ", "s:6"), ("lsr:l1", "lsr:L1"), ("13a.PAGE", "13a.page"),
     ("independence:Full-Text", "independence:full-text")],
)  # fmt: skip
def test_an_item_may_be_written_in_several_ways(written: str, key: str) -> None:
    assert item_key(written) == key


@pytest.mark.parametrize(
    "written", ["13", "13g", "28", "s:17", "x:1", "", "13a.where", "independence", "independence:full-text.page", "s:"]
)
def test_an_item_that_no_checklist_has_is_none(written: str) -> None:
    assert item_key(written) is None


def test_answers_of_review_toml_are_read_and_a_wrong_item_is_named() -> None:
    protocol = parse_protocol('[answers]\n13a = "All."\n"S:6" = "We wrote to the authors."\n"14" = ""\n')
    assert protocol.answers == {"13a": "All.", "s:6": "We wrote to the authors."}
    with pytest.raises(ReviewError, match=r"'answers\.13x' is no item"):
        parse_protocol('[answers]\n13x = "All."\n')
    with pytest.raises(ReviewError, match="second time"):
        parse_protocol('[answers]\n13a = "All."\n"prisma2020:13a" = "None."\n')
