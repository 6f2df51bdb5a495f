"""Trying in a review what is taken back at the end, also where the review may only be read.

Invariant: of a review that may only be read a temporary copy is written, and never the review.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.archives import copy_to_read
from prisma_tool.store.engine.opening import open_store


@contextmanager
def on_trial(review: Review) -> Iterator[Review]:
    """The review, or, where nothing can be stored in it, one with a copy of its database that is thrown away.

    Raises:
        PrismaError: there is no room for the copy.
        StoreError: the database goes on changing meanwhile.
    """
    store = review.store
    if not store.only_read or store.file is None:
        yield review
        return
    with TemporaryDirectory(prefix="prisma-tool-", ignore_cleanup_errors=True) as folder:
        copy = copy_to_read(store.file, Path(folder))
        tried = open_store(
            copy,
            protocol=store.protocol,
            now=store.now,
            new_id=store.new_id,
            tool_version=store.tool_version,
            backups=Path(folder),
            tell=lambda _: None,
        )
        try:
            yield replace(review, store=tried)
        finally:
            tried.close()
