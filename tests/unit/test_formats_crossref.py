"""Works of Crossref as citations: publishers deposit a subtitle apart from the title, or in it as well."""

from __future__ import annotations

import pytest

from prisma_tool.formats.citation_indexes.crossref import work_citation


@pytest.mark.parametrize(
    ("title", "subtitle", "whole"),
    [
        (["Kites"], ["A <i>trial</i>"], "Kites: A trial"),
        (["Kites: a trial"], ["A trial"], "Kites: a trial"),
        (["Do kites help?"], ["A trial"], "Do kites help? A trial"),
        (["Kites"], [], "Kites"),
        ([], ["A trial"], "A trial"),
    ],
)
def test_a_title_has_its_subtitle_once(title: list[str], subtitle: list[str], whole: str) -> None:
    assert work_citation({"title": title, "subtitle": subtitle}).title == whole
