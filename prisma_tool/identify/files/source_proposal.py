"""Which label a file's source should have, for somebody who has not said it: proposed, and never stored unseen.

Invariant: reading a proposal stores nothing and reads no more of the file than its first entries.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from prisma_tool.file_io import explained_errors
from prisma_tool.formats.registry import open_entries
from prisma_tool.identify.files.provenance import Provenance, recognised
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.keys import slug
from prisma_tool.model.text import fold
from prisma_tool.plain_files import PlainFile

_LOOKED_AT = 50


def proposed_source(path: Path, protocol: Protocol) -> str:
    """The label by which review.toml declares the database or platform that a file shows, else as the file itself names it; or empty.

    A file that shows neither is taken for a declared source whose name stands in the file's own (`scopus-2.ris`).

    Raises:
        PrismaError: the file is missing, or cannot be read as any known format.
    """
    shown = _shown_by(path)
    declared = {search.slug: search.source for search in protocol.declared}
    named = [name for name in (shown.database, shown.platform) if name]
    by_label = next((declared[slug(name)] for name in named if slug(name) in declared), "")
    by_file_name = [label for label in dict.fromkeys(declared.values()) if fold(label) in fold(path.stem)]
    return by_label or next(iter(named), "") or (by_file_name[0] if len(by_file_name) == 1 else "")


def _shown_by(path: Path) -> Provenance:
    with explained_errors(path):
        opened = PlainFile(path)
    with opened as data:
        account = open_entries(data)
        return recognised(account.format, account.header, list(islice(account.entries, _LOOKED_AT)), account.platform)
