"""All files of a deposit that follow from its data; who makes a deposit writes them, and who checks it compares them.

Invariant: a file's bytes follow from the deposited data, the settings and the version of the program alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from prisma_tool.manuscript.bundle import tables
from prisma_tool.manuscript.bundle.audit import audit_files
from prisma_tool.manuscript.bundle.deposited_review import DepositedReview
from prisma_tool.manuscript.bundle.metadata import description_files
from prisma_tool.manuscript.bundle.numbers import number_files

MadeFile = tuple[str, Callable[[], Iterable[bytes]]]


def derived_files(review: DepositedReview) -> Iterator[MadeFile]:
    """The name of each file with what makes its bytes, in the order in which they stand in the archive."""
    for files in (number_files(review.flow), tables.strategies(review), audit_files(review), description_files(review)):
        for name, data in sorted(files.items()):
            yield name, partial(iter, [data])
    for name, rows in tables.TABLES.items():
        yield name, partial(_table, review, rows)


def _table(review: DepositedReview, rows: Callable[[DepositedReview], Iterator[tables.Row]]) -> Iterator[bytes]:
    return tables.table(rows(review))
