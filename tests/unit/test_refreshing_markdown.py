"""A manuscript in Markdown is renewed between its markers alone."""

from __future__ import annotations

import pytest

from prisma_tool.errors import PrismaError
from prisma_tool.manuscript.document.blocks import CodeBlock, Heading, Paragraph
from prisma_tool.manuscript.review_document.markdown_file import (
    new_markdown_file,
    opened_markdown_file,
    renewed_markdown_file,
)
from prisma_tool.manuscript.review_document.parts import GeneratedPart, Manuscript, ManuscriptSettings
from prisma_tool.manuscript.review_document.renewal import PartResult, PartState

SETTINGS = ManuscriptSettings("", "vancouver")
TRAP = "<!-- prisma-tool:end appendix.search -->"


def manuscript(n: int) -> Manuscript:
    return Manuscript(
        "A review",
        (
            Heading(1, "Methods"),
            GeneratedPart("methods.screening", (Paragraph(f"{n} records were screened."), Paragraph("By two."))),
            Heading(1, "Appendix"),
            GeneratedPart("appendix.search", (CodeBlock((f"line {n}", TRAP)), Paragraph("End."))),
        ),
        SETTINGS,
    )


NEW = new_markdown_file(manuscript(1)).decode()


def refreshed(text: str, n: int = 2, *, overwrite: bool = False) -> tuple[str, list[PartResult]]:
    after, results = renewed_markdown_file(opened_markdown_file(text.encode()), manuscript(n), overwrite=overwrite)
    return after.decode(), results


def states(results: list[PartResult]) -> list[PartState]:
    return [result.state for result in results]


def test_a_refresh_without_news_leaves_every_byte() -> None:
    after, results = refreshed(NEW, 1)
    assert after == NEW
    assert states(results) == [PartState.UNCHANGED] * 2


def test_a_strategy_cannot_end_a_part_before_its_end() -> None:
    after, results = refreshed(NEW)
    assert states(results) == [PartState.RENEWED] * 2
    assert after == new_markdown_file(manuscript(2)).decode()


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("begin", ["", "\ufeff"])
def test_the_authors_words_and_line_endings_stay(ending: str, begin: str) -> None:
    own = "Our words  \n\n* as *we* like them\n\n\n"
    before = begin + NEW.replace("## Methods", f"## How\n\n{own}").replace("\n", ending)
    after, results = refreshed(before)
    assert states(results) == [PartState.RENEWED] * 2
    assert after == before.replace("1 records", "2 records").replace("line 1", "line 2").replace(*marks(NEW, 0)).replace(
        *marks(NEW, 1)
    )


def marks(text: str, place: int) -> tuple[str, str]:
    """The mark of a part in the first document, and that of the part in the second."""
    first, second = (
        opened_markdown_file(one.encode()).parts[place].mark for one in (text, new_markdown_file(manuscript(2)).decode())
    )
    return str(first), str(second)


def test_an_edited_part_is_kept_unless_it_is_to_be_overwritten() -> None:
    edited = NEW.replace("By two.", "By two of us.")
    after, results = refreshed(edited)
    assert states(results) == [PartState.KEPT, PartState.RENEWED]
    assert "By two of us." in after
    after, results = refreshed(edited, overwrite=True)
    assert states(results) == [PartState.RENEWED] * 2
    assert after == new_markdown_file(manuscript(2)).decode()


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("<!-- prisma-tool:end methods.screening -->", "", "the marker of its end is missing"),
        ("By two.\n", "<!-- prisma-tool:begin appendix.search -->\n", "another part stands inside it"),
    ],
)
def test_a_part_whose_markers_are_not_whole_is_never_replaced(old: str, new: str, why: str) -> None:
    before = NEW.replace(old, new)
    after, results = refreshed(before, overwrite=True)
    assert (results[0].state, results[0].why) == (PartState.KEPT, why)
    assert "1 records were screened." in after


def test_a_part_of_another_program_version_is_kept() -> None:
    other = "<!-- prisma-tool:begin methods.unheard 0123456789abcd -->\nText\n<!-- prisma-tool:end methods.unheard -->\n"
    after, results = refreshed(NEW + other)
    assert (results[2].state, results[2].why) == (PartState.KEPT, "this version of prisma-tool writes no such part")
    assert after.endswith(other)


def test_a_file_without_a_last_newline_keeps_none() -> None:
    assert not refreshed(NEW.rstrip("\n"))[0].endswith("\n")


def test_what_is_not_utf_8_is_refused() -> None:
    with pytest.raises(PrismaError, match="UTF-8"):
        opened_markdown_file("Müller".encode("latin-1"))
