"""Tags that stand before TY or after ER: each value stays with its own entry, or belongs to none and is named."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.registry import read

_TAGS = ("TY", "TI", "AN", "DO", "KW", "C1", "AU")
_ROWS = len(_TAGS) + 2
"""The lines of a record, with its end and an empty one."""


def _record(number: int, order: tuple[str, ...], *, end: bool = True) -> str:
    mark = f"mark{number}x"
    values = {
        "TY": "JOUR",
        "TI": f"On {mark}",
        "AN": f"L20{mark}",
        "DO": f"10.1000/{mark}",
        "KW": mark,
        "C1": mark,
        "AU": f"{mark}, A",
    }
    rows = [f"{tag}  - {values[tag]}" for tag in order]
    return "\n".join([*rows, *(["ER  - "] if end else []), "", ""])


def _marks(parsed: Parsed) -> list[set[str]]:
    return [set(re.findall(r"mark\d+x", f"{entry.citation!r} {entry.accession}")) for entry in parsed.entries]


@given(st.permutations(_TAGS), st.integers(1, 5))
def test_whatever_the_order_of_tags_each_entry_holds_its_own_values(order: list[str], count: int) -> None:
    parsed = read("".join(_record(number, tuple(order)) for number in range(count)).encode())

    assert _marks(parsed) == [{f"mark{number}x"} for number in range(count)]
    assert [entry.citation.doi for entry in parsed.entries] == [f"10.1000/mark{number}x" for number in range(count)]
    assert [entry.accession for entry in parsed.entries] == [f"L20mark{number}x" for number in range(count)]
    assert not parsed.rejects
    assert not parsed.warnings


@given(st.lists(st.permutations(_TAGS), min_size=1, max_size=5))
def test_where_every_entry_has_another_order_no_value_moves_to_another_entry(orders: list[list[str]]) -> None:
    parsed = read("".join(_record(number, tuple(order)) for number, order in enumerate(orders)).encode())

    numbers = [(entry.line - 1) // _ROWS for entry in parsed.entries]
    assert all(marks <= {f"mark{number}x"} for number, marks in zip(numbers, _marks(parsed), strict=True))


def test_tags_that_the_file_does_not_assign_are_left_out_and_named() -> None:
    text = "TY  - JOUR\nTI  - One\nER  - \n\nAN  - L2000000001\nTY  - JOUR\nTI  - Two\nER  - \n"

    parsed = read(text.encode())

    assert [entry.accession for entry in parsed.entries] == ["", ""]
    assert "line 5;" in parsed.warnings[0]


def test_tags_after_the_end_of_every_entry_belong_to_the_entry_before() -> None:
    text = "".join(f"TY  - JOUR\nTI  - T{n}\nER  - \n\nUR  - https://example.org/{n}\n\n" for n in range(3))

    parsed = read(text.encode())

    assert [entry.citation.urls for entry in parsed.entries] == [(f"https://example.org/{n}",) for n in range(3)]
    assert not parsed.warnings


def test_tags_right_below_an_end_and_apart_from_the_next_entry_belong_to_the_entry_before() -> None:
    text = "TY  - JOUR\nTI  - One\nER  - \nNL  - Short\n\nLink to the text\n\n2.\nTY  - JOUR\nTI  - Two\nER  - \n"

    parsed = read(text.encode())

    assert [entry.citation.journal_abbreviation for entry in parsed.entries] == ["Short", ""]
    assert not parsed.warnings


def test_where_tags_stand_before_ty_those_right_below_an_end_and_apart_from_the_next_entry_are_of_the_entry_before() -> None:
    text = "DO  - 10.1000/a\nTY  - JOUR\nTI  - One\nER  - \nKW  - one\n\nDO  - 10.1000/b\nTY  - JOUR\nTI  - Two\nER  - \n"

    parsed = read(text.encode())

    assert [(entry.citation.doi, entry.citation.keywords) for entry in parsed.entries] == [
        ("10.1000/a", ("one",)),
        ("10.1000/b", ()),
    ]
    assert not parsed.warnings


def test_where_tags_stand_after_er_those_right_above_an_entry_and_apart_from_the_one_before_are_of_neither() -> None:
    text = "TY  - JOUR\nTI  - One\nER  - \nKW  - one\n\nDO  - 10.1000/b\nTY  - JOUR\nTI  - Two\nER  - \nKW  - two\n"

    parsed = read(text.encode())

    assert [(entry.citation.doi, entry.citation.keywords) for entry in parsed.entries] == [("", ("one",)), ("", ("two",))]
    assert "line 6;" in parsed.warnings[0]


def test_an_end_without_a_beginning_closes_a_reject_even_where_it_has_no_content() -> None:
    parsed = read(b"TY  - JOUR\nTI  - One\nER  - \nAN  - L2222222\nER  - \n\nTY  - JOUR\nTI  - Two\nER  - \nER  - \n")

    assert [(reject.line, reject.raw) for reject in parsed.rejects] == [(4, "AN  - L2222222\nER  -")]
    assert (parsed.declared, [entry.accession for entry in parsed.entries]) == (3, ["", ""])


def test_tags_before_the_first_and_after_the_last_entry_belong_to_none() -> None:
    parsed = read(b"DB  - X\nAN  - L1111111\nTY  - JOUR\nTI  - One\nER  - \nAN  - L2222222\n")

    assert parsed.entries[0].accession == ""
    assert "line 1, 6;" in parsed.warnings[0]


def test_an_entry_that_lost_its_first_line_is_not_taken_for_the_beginning_of_the_next() -> None:
    parsed = read(b"TI  - Lost\nAU  - A, B\nTY  - JOUR\nTI  - Whole\nER  - \n")

    assert [entry.citation.title for entry in parsed.entries] == ["Whole"]
    assert [(reject.line, reject.reason) for reject in parsed.rejects] == [(1, "the entry's first line (TY  -) is missing")]


def test_without_ends_an_entry_begins_where_the_first_tag_of_the_file_comes_again() -> None:
    order = ("AN", "DO", "TY", "TI", "AU", "C1", "KW")
    parsed = read("".join(_record(number, order, end=False) for number in range(3)).encode())

    assert _marks(parsed) == [{"mark0x"}, {"mark1x"}, {"mark2x"}]
    assert [entry.accession for entry in parsed.entries] == ["L20mark0x", "L20mark1x", "L20mark2x"]


def test_without_ends_tags_that_may_be_of_the_next_entry_belong_to_none() -> None:
    parsed = read(b"AN  - L1111111\nDO  - 10.1000/a\nTY  - JOUR\nTI  - One\nDO  - 10.1000/b\nTY  - JOUR\nTI  - Two\n")

    assert [entry.citation.doi for entry in parsed.entries] == ["10.1000/a", ""]
    assert "line 5;" in parsed.warnings[0]


def test_an_entry_keeps_its_text_as_it_stood() -> None:
    text = "AN  - L1111111\nTY  - JOUR\nTI  - One\nER  -"

    entry = read(text.encode()).entries[0]

    assert (entry.line, entry.raw) == (1, text)
