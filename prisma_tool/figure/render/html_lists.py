"""The lists behind the numbers of a page: one entry per record or study, and what was entered by hand apart from them.

Invariant: a list has exactly as many entries as its number says, less what stands beside it as entered by hand; nothing of a record is
ever markup.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from prisma_tool.figure.render.html_figure import LinkedNumber
from prisma_tool.figure.words.languages.language_table import LanguageTable
from prisma_tool.figure.words.languages.page_words import BACK, BY_HAND, KEYS_ONLY, NOTHING, UNLINKED
from prisma_tool.figure.words.record_lines import RecordLine, Records, address
from prisma_tool.flow.flow import Adjustment, Count, Study
from prisma_tool.model.text import one_line

MANY = 5_000
"""Lists longer than this show keys only, so that a browser can still open the page."""
_BARE = RecordLine("")


def lists(links: tuple[LinkedNumber, ...], records: Records, table: LanguageTable) -> Iterator[str]:
    """The sections of all lists, with the words of the page in the language of `table`."""
    for number in links:
        yield from _section(number, records, table)


def text(content: str) -> str:
    """Text from outside on one line, as HTML text or as the value of a quoted attribute."""
    return escape(one_line(content))


def _section(number: LinkedNumber, records: Records, table: LanguageTable) -> Iterator[str]:
    counted = number.entry.count or Count()
    heading = f"{number.list_id}-heading"
    yield f'<section class="list" id="{number.list_id}" tabindex="-1" aria-labelledby="{heading}">'
    yield f'<h3 id="{heading}">{text(number.name)}</h3>'
    yield f'<p class="screen"><a href="#{number.link_id}">{table.label(BACK)}</a></p>'
    if counted.studies is not None:
        yield from _studies(counted.studies, records, table)
    elif counted.records:
        yield from _records(counted.records, records, table)
    yield from _by_hand(counted.adjustments, table)
    if not counted.n and not counted.records and not counted.adjustments:
        yield f"<p>{table.label(NOTHING)}</p>"
    yield "</section>"


def _records(keys: tuple[str, ...], records: Records, table: LanguageTable) -> Iterator[str]:
    known = {} if len(keys) > MANY else records
    if len(keys) > MANY:
        yield f'<p class="quiet">{table.label(KEYS_ONLY).format(n=MANY)}</p>'
    yield '<ol class="members">'
    yield from (f"<li>{_record(key, known.get(key, _BARE))}</li>" for key in keys)
    yield "</ol>"


def _studies(studies: tuple[Study, ...], records: Records, table: LanguageTable) -> Iterator[str]:
    if not studies:
        return
    yield '<ol class="members">'
    for study in studies:
        reports = "".join(f"<li>{_record(key, records.get(key, _BARE))}</li>" for key in study.records)
        label = table.label(UNLINKED) if study.records == (study.label,) else text(study.label)
        yield f"<li>{label}<ul>{reports}</ul></li>"
    yield "</ol>"


def _record(key: str, line: RecordLine) -> str:
    url = line.url or address(key)
    # Whose address it is the page does not tell: its policy sends no referrer.
    tag = f'<a class="key" href="{text(url)}">{text(key)}</a>' if url else f'<span class="key">{text(key)}</span>'
    year = f" ({line.year})" if line.year else ""
    source = f' <span class="quiet">{text(line.source)}</span>' if line.source else ""
    return f"{tag} {text(line.title)}{year}{source}".rstrip()


def _by_hand(numbers: tuple[Adjustment, ...], table: LanguageTable) -> Iterator[str]:
    if numbers:
        yield f"<p>{table.label(BY_HAND)}</p>"
        yield '<ul class="by-hand">'
        yield from (f"<li>{number.n:+d}{f': {text(number.note)}' if number.note else ''}</li>" for number in numbers)
        yield "</ul>"
