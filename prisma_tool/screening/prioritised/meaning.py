"""The meaning of titles and abstracts, read beside their words where the protocol asks for it: encoding what has no vector yet.

Invariant: what is encoded is kept in the folder's cache after each portion, so that an interrupted run goes on where it was; nothing is
stored in the review.
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.ranking.sentence_encoder import load_encoder
from prisma_tool.ranking.vector_file import KeptVectors, encode_missing
from prisma_tool.review.open_review import Review
from prisma_tool.screening.prioritised.ranked_queue import pool_sentences


def encode_review(review: Review) -> Iterator[int]:
    """Encode the reports of title/abstract screening and the known records; before each portion, how many are still to be read.

    Nothing where the protocol does not ask for it, where all have been read, or where nothing can be stored.

    Raises:
        UsageError: what it needs is not installed, or the folder's cache cannot be written.
    """
    if review.only_read:
        return
    with review.store.read() as transaction:
        if not transaction.protocol.screening.embeddings:
            return
        sentences = pool_sentences(transaction)
    if KeptVectors(review.cache).missing(sentences):
        yield from encode_missing(review.cache, sentences, load_encoder())
