"""Marks tell whether a part is as it was written; names of parts fit into what Word allows."""

from __future__ import annotations

from prisma_tool.manuscript.review_document.marks import Mark, mark_of, parsed_mark, settings_behind, settings_mark
from prisma_tool.manuscript.review_document.parts import ManuscriptSettings


def test_a_mark_is_read_back_and_anything_else_is_none() -> None:
    mark = mark_of("text", ManuscriptSettings("", "vancouver"))
    assert parsed_mark(str(mark)) == mark
    assert parsed_mark(f"{mark}0") == parsed_mark("x" * 14) == parsed_mark("") == Mark()


def test_the_version_and_the_style_are_known_again_from_their_mark() -> None:
    mark = settings_mark(ManuscriptSettings("second", "apa"))
    assert settings_behind(mark, ("", "first", "second"), ("vancouver", "apa")) == ManuscriptSettings("second", "apa")
    assert settings_behind(mark, ("", "first"), ("vancouver", "apa")) is None


def test_of_a_style_file_only_the_name_counts() -> None:
    assert settings_mark(ManuscriptSettings("", "/home/a/nature.csl")) == settings_mark(ManuscriptSettings("", "nature.csl"))
    assert settings_mark(ManuscriptSettings("", "APA")) == settings_mark(ManuscriptSettings("", "apa"))
