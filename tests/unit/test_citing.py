"""A record as reference lists print it."""

from __future__ import annotations

import pytest

from prisma_tool.model.record.citation import Author, Citation, Trial
from prisma_tool.model.record.vancouver import cited


@pytest.mark.parametrize(
    ("citation", "text"),
    [
        (Citation(), ""),
        (Citation(title="What now?"), "What now?"),
        (
            Citation(
                title="Title",
                authors=(Author("van der Berg", "Anna Maria"), Author("Ito", "B.C.", "Jr"), Author("WHO Group", collective=True)),
                year=2020,
                journal_abbreviation="J Inv",
                pages="e12",
                doi="10.1000/x",
            ),
            "van der Berg AM, Ito BC Jr, WHO Group. Title. J Inv. 2020:e12. doi:10.1000/x.",
        ),
        (
            Citation(title="An entry", year=2019, registry_numbers=("NCT01234567",), trial=Trial()),
            "An entry. 2019. NCT01234567.",
        ),
        (Citation(title="A\x1b[31m b", authors=tuple(Author(f"N{n}") for n in range(7))), "N0, N1, N2, N3, N4, N5, et al. A b."),
    ],
)
def test_a_record_is_cited_without_stray_signs(citation: Citation, text: str) -> None:
    assert cited(citation) == text
