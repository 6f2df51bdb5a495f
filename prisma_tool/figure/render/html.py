"""The flow as a page of HTML that needs nothing but itself: no script, no font, no picture from elsewhere, and a policy that says so.

Invariant: the same flow, options and records give the same bytes. Without any style the page still reads from top to bottom: figure,
caption, lists, checks, words.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator, Mapping

from prisma_tool.figure.layout.grid import Plan
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.shapes import Layout
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.html_figure import linked_svg, numbers
from prisma_tool.figure.render.html_lists import lists, text
from prisma_tool.figure.render.html_style import STYLE
from prisma_tool.figure.words.caption import caption
from prisma_tool.figure.words.labels import BoxEntry, format_count
from prisma_tool.figure.words.languages.language_table import LanguageTable, language_table
from prisma_tool.figure.words.languages.page_words import BEHIND, CHECKS, CHOOSE, DIAGRAM, EVERY_NUMBER, IN_WORDS, PENDING
from prisma_tool.figure.words.line_breaking import NO_BREAK
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.figure.words.record_lines import Records
from prisma_tool.flow.flow import Check, CheckKind, Flow
from prisma_tool.model.protocol.figure_words import Language

_WORDS: Mapping[CheckKind, str] = {
    CheckKind.STRICT: "must hold",
    CheckKind.EXPLAINABLE: "must be explained",
    CheckKind.WARNING: "worth a look",
}


def render_html(flow: Flow, options: FigureOptions = PLAIN, records: Records | None = None) -> str:
    """The page; `records` gives the words for the records behind the numbers, which else stand as keys.

    Raises:
        UsageError: an option that does not fit this flow.
    """
    planned, layout = plan(flow, options), lay_out(flow, options)
    links = numbers(planned, layout)
    table = language_table(layout.language)
    svg, styles = linked_svg(layout, links, table)
    show, hide = '<a href="#every-list">', '<a href="#figure">'
    choose = table.label(CHOOSE).format(show=show, shown="</a>", hide=hide, hidden="</a>")
    body = (
        "<main>",
        f"<h1>{text(layout.title)}</h1>",
        f'<p class="screen">{table.label(EVERY_NUMBER)}</p>',
        f'<figure aria-labelledby="caption"><div class="sheet" id="figure" role="region" tabindex="0" aria-label="{table.label(DIAGRAM)}">{svg}</div>',
        f'<figcaption id="caption">{text(caption(flow, options))}</figcaption></figure>',
        f'<section class="screen" aria-labelledby="lists-heading"><h2 id="lists-heading">{table.label(BEHIND)}</h2>',
        f"<p>{choose}</p>",
        f'<div id="every-list">\n{chr(10).join(lists(links, records or {}, table))}\n</div></section>',
        *_checks(flow.checks, table),
        *_words(planned, table),
        "</main>",
    )
    return "\n".join([*_head(layout, (STYLE, *styles)), "<body>", *body, "</body>", "</html>", ""])


def _head(layout: Layout, styles: tuple[str, ...]) -> Iterator[str]:
    hashes = " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" for style in styles)
    policy = f"default-src 'none'; style-src {hashes}; font-src data:; img-src data:; base-uri 'none'; form-action 'none'"
    yield "<!DOCTYPE html>"
    yield f'<html lang="{layout.language.value}">'
    yield "<head>"
    yield '<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">'
    yield '<link rel="icon" href="data:,">'
    yield f"<title>{text(layout.title)}</title>"
    yield f"<style>{styles[0]}</style>"
    yield "</head>"


def _checks(checks: tuple[Check, ...], table: LanguageTable) -> Iterator[str]:
    """The relations, which are in English as on the command line."""
    if not checks:
        return
    english = "" if table.language is Language.ENGLISH else ' lang="en"'
    yield f'<section aria-labelledby="checks-heading"><h2 id="checks-heading">{table.label(CHECKS)}</h2>'
    yield f'<div class="wide"{english} role="region" tabindex="0" aria-labelledby="checks-heading"><table>'
    yield '<thead><tr><th scope="col">Relation</th><th scope="col">Kind</th><th scope="col">Holds</th><th scope="col">Detail</th></tr></thead><tbody>'
    for check in checks:
        holds = "yes" if check.holds else '<span class="bad">no</span>'
        yield f'<tr><th scope="row">{text(check.name)}</th><td>{_WORDS[check.kind]}</td><td>{holds}</td><td>{text(check.detail)}</td></tr>'
    yield "</tbody></table></div></section>"


def _words(planned: Plan, table: LanguageTable) -> Iterator[str]:
    """Box by box, for readers who cannot see the figure or find their way through it."""
    yield f'<section aria-labelledby="words-heading"><h2 id="words-heading">{table.label(IN_WORDS)}</h2>'
    yield "<ul>"
    yield from (f"<li>{table.label(PENDING)}{table.label(': ')}{_line(entry)}</li>" for entry in planned.stamp)
    for cell in planned.cells:
        lines = "; ".join(_line(entry) for entry in cell.entries).replace(":;", ":")
        yield f"<li>{planned.phase_of(cell)}{table.label(': ')}{lines}</li>"
    yield "</ul>"
    yield from (f"<p>{text(note.replace(NO_BREAK, ' '))}</p>" for note in planned.footnotes)
    yield "</section>"


def _line(entry: BoxEntry) -> str:
    if entry.count is None:
        return text(entry.label)
    n = format_count(entry.count.n, entry.thousands).replace(NO_BREAK, " ")
    return f'{text(entry.label)} <span class="count">{n}</span>{text(entry.after or "")}'
