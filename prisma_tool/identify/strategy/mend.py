"""Writing a search's cleaned strategy into review.toml, as a change of the protocol that the log holds."""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.identify.strategy.pasted.reader import written
from prisma_tool.identify.strategy.submitted_query import prepare_query
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.review.open_review import Review, note_found, reread
from prisma_tool.review.protocol.edit_searches import with_strategy
from prisma_tool.review.protocol.file import protocol_text, write_protocol
from prisma_tool.review.protocol_log import ProtocolAct


@dataclass(frozen=True, slots=True)
class MendedSearch:
    """The review under the protocol that now stands, and the strategy that it now has for the search; empty where nothing was written."""

    review: Review
    strategy: str = ""


def write_cleaned(review: Review, plan: SearchPlan) -> MendedSearch:
    """Write the cleaned lines of a search into review.toml, the original above them as a comment.

    What is given back is read from the file after it was written. Where the strategy stands as it would be searched, nothing is
    written.

    Raises:
        StrategyFault: its lines cannot be understood.
        ReviewError: review.toml cannot be edited here; nothing was changed.
    """
    submitted = prepare_query(plan)
    if submitted.strategy is None or not submitted.strategy.changes:
        return MendedSearch(review)
    text = protocol_text(review.folder)
    mended = with_strategy(text, plan.name, submitted.line_parameter, written(submitted.strategy))
    note_found(review, text)
    write_protocol(review.folder, mended)
    after = reread(review, ProtocolAct.CHANGED)
    stated = next(search for search in after.protocol.searches if search.name == plan.name)
    return MendedSearch(after, stated.parameters[submitted.line_parameter])
