"""Storing values in review.toml for a person who saw the file as it was, possibly a while ago.

Invariant: the file is replaced only if it still is what the change was made from; whatever it stated meanwhile is noted in the log first.
"""

from __future__ import annotations

from collections.abc import Mapping

from prisma_tool.errors import ReviewError
from prisma_tool.review.open_review import Review, note_found
from prisma_tool.review.protocol.edit_values import Value, with_values
from prisma_tool.review.protocol.file import protocol_text, write_protocol
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol_log import ProtocolAct, note_protocol


def store_values(review: Review, seen: str, values: Mapping[str, Value]) -> None:
    """Write these values into review.toml, which states `seen`, and note the new protocol in the log.

    Raises:
        ReviewError: the file states something else by now, or a value cannot stand there; nothing was changed.
        StoreError: nothing can be changed here.
    """
    store_text(review, seen, with_values(seen, values))


def store_text(review: Review, seen: str, text: str) -> None:
    """Put a text in the place of review.toml, which states `seen`, and note the new protocol in the log.

    Raises:
        ReviewError: the file states something else by now, or the text is no protocol; nothing was changed.
        StoreError: nothing can be changed here.
    """
    protocol = parse_protocol(text, str(review.folder / FILE_NAME))
    note_found(review, seen)
    if protocol_text(review.folder) != seen:
        raise ReviewError(f"{FILE_NAME} was changed this very moment; nothing was written. Once more tries again.")
    write_protocol(review.folder, text)
    note_protocol(review.store.under(protocol), text, review.opened_by, ProtocolAct.CHANGED)
