"""The strategy of a declared search, which may lie in a file of the review folder.

Invariant: no link leads out of the folder, and a file that cannot be read is told with its path, never taken for an empty strategy.
"""

from __future__ import annotations

from pathlib import Path

from prisma_tool.errors import PrismaError, ReviewError
from prisma_tool.model.protocol.declared_searches import DeclaredSearch, stated_strategy
from prisma_tool.plain_files import read_found

LARGEST_STRATEGY = 1 << 20
"""In bytes; published strategies are a thousand times smaller."""


def strategy_of(folder: Path, search: DeclaredSearch) -> str:
    """The strategy of a declared search; empty where none is stated.

    Raises:
        ReviewError: its file is missing or cannot be read.
    """
    if not search.strategy_file:
        return search.strategy
    path = folder / search.strategy_file
    try:
        return stated_strategy(read_found(path, folder, at_most=LARGEST_STRATEGY).decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        raise _unreadable(search, f"is not UTF-8 text (byte {error.start}); save it as UTF-8") from error
    except FileNotFoundError as error:
        raise _unreadable(search, "is not there; put it there, or mend strategy_file") from error
    except OSError as error:
        raise _unreadable(search, f"cannot be read ({error.strerror or error})") from error
    except PrismaError as error:
        raise _unreadable(search, f"cannot be read: {error.message.rstrip('.')}") from error


def _unreadable(search: DeclaredSearch, problem: str) -> ReviewError:
    return ReviewError(f"The strategy of the search {search.name}: {search.strategy_file} in the review folder {problem}.")
