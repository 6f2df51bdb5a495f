"""Which citations describe one report."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from prisma_tool.api.arguments import citations_of, content
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.model.record.citation import Citation

if TYPE_CHECKING:
    from prisma_tool.dedupe.without_review import Deduplicated


def deduplicate(citations: Iterable[Citation | ParsedEntry], *, strict: bool = False) -> Deduplicated:
    """Find which of the citations describe the same report, by the rules of a review.

    Args:
        citations: What to compare: citations, or entries as `read_citations` gives them.
        strict: Join only on certain grounds; everything else that looks the same is left to a person.

    Returns:
        `labels`: the cluster of each citation, counted from 0 in the order of first appearance. `representatives`: of each cluster the position of
        the citation that tells most. `pairs`: the pairs found the same, then those in doubt, each with the positions `i` and `j`, `verdict` ("same" or
        "unsure"), `rule`, `findings`, `likeness` (of the titles, 0 to 100) and `reason`. `uncertain`: those in doubt, which are not joined.

    Example:
        >>> paper = Citation(title="Invented cells against an invented leukaemia", year=2020, journal="Acta Ficta", pages="7-9")
        >>> again = Citation(title="INVENTED CELLS AGAINST AN INVENTED LEUKAEMIA", year=2020, journal="Acta Ficta", pages="7-9")
        >>> other = Citation(title="A cohort of imaginary patients in a real ward", year=2020)
        >>> found = deduplicate([paper, other, again])
        >>> found.labels, found.representatives
        ((0, 1, 0), (0, 1))
        >>> pair = found.pairs[0]
        >>> pair.i, pair.j, str(pair.verdict)
        (0, 2, 'same')
    """
    from prisma_tool.dedupe.without_review import deduplicate_citations

    return deduplicate_citations([content(one) for one in citations_of(citations, "citations")], strict=strict)
