"""The index of words: which records contain what a person looks for.

Owns the table `words`, whose folded text SQLite indexes by FTS5 and PostgreSQL by GIN. Invariant: after every transaction the text of
each record is that of its current content; what a person types is folded and quoted before a database sees it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import fold
from prisma_tool.model.text_query import TextTerm
from prisma_tool.store.engine.batches import delete_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import WordsRow
from prisma_tool.store.index.arrival_order import in_order


def text_of(citation: Citation) -> str:
    """Everything of a record that a person may look for, folded into words apart by single spaces."""
    trial = citation.trial
    parts = (
        citation.title,
        citation.vernacular_title,
        *(part.label + " " + part.text for part in (*citation.abstract, *citation.other_abstracts)),
        *(f"{author.family} {author.given}" for author in citation.authors),
        citation.journal,
        citation.journal_abbreviation,
        str(citation.year or ""),
        *citation.keywords,
        *citation.mesh,
        *citation.publication_types,
        citation.doi,
        citation.pmid,
        citation.pmcid,
        *citation.registry_numbers,
        *((trial.official_title, trial.acronym, trial.sponsor, *trial.conditions, *trial.interventions) if trial else ()),
    )
    return fold("\n".join(parts))


def index(transaction: Transaction, contents: Mapping[str, Citation]) -> None:
    """Make these records findable by their present content, whether or not they were indexed before."""
    delete_in(transaction.session, WordsRow, WordsRow.record, contents)
    add(transaction, contents)


def add(transaction: Transaction, contents: Mapping[str, Citation]) -> None:
    """Make records findable that the index does not hold yet."""
    rows = [{"record": key, "text": text_of(citation)} for key, citation in contents.items()]
    if rows:
        transaction.session.execute(sa.insert(WordsRow), rows)


def keys_matching(transaction: Transaction, terms: Sequence[TextTerm]) -> set[str]:
    """The records whose text meets all the terms; no terms are met by none."""
    if not terms:
        return set()
    if all(term.absent for term in terms):
        all_keys = set(transaction.session.execute(sa.select(WordsRow.record)).scalars())
        return all_keys - _keys(transaction, [replace(term, absent=False) for term in terms], any_of=True)
    return _keys(transaction, sorted(terms, key=lambda term: term.absent))


def positions_matching(transaction: Transaction, terms: Sequence[TextTerm]) -> Sequence[int]:
    """The positions, ascending, of the records whose text meets all the terms; no terms are met by none.

    One statement, in which the database does all the work: over 100,000 records it answers within 0.2 s whatever is asked.
    """
    if not terms:
        return range(0)
    sqlite = transaction.session.get_bind().dialect.name == "sqlite"
    parameters = {f"term{number}": _sqlite_term(term) if sqlite else _postgres_term(term) for number, term in enumerate(terms)}
    # The plus keeps SQLite from fetching the long rows of `words` by number: the small index of keys is read through instead.
    condition = (
        "+words.id IN (SELECT rowid FROM word_index WHERE word_index MATCH :{})"
        if sqlite
        else "to_tsvector('simple', words.text) @@ to_tsquery('simple', :{})"
    )
    conditions = [("NOT " if term.absent else "") + condition.format(name) for name, term in zip(parameters, terms, strict=True)]
    # All positions as one text: handing over a hundred thousand rows one by one would take as long as finding them.
    aggregate = "group_concat(record.position)" if sqlite else "string_agg(record.position::text, ',')"
    statement = sa.text(
        f"SELECT {aggregate} FROM words JOIN record ON record.key = words.record WHERE " + " AND ".join(conditions)  # noqa: S608 - built of constants; what was typed is bound
    )
    joined: str | None = transaction.session.execute(statement, parameters).scalar_one()
    return in_order(map(int, joined.split(","))) if joined else range(0)


def _keys(transaction: Transaction, terms: Sequence[TextTerm], *, any_of: bool = False) -> set[str]:
    """The records that meet the terms, of which the first is not an absent one."""
    sqlite = transaction.session.get_bind().dialect.name == "sqlite"
    format_term, operators = (_sqlite_term, _SQLITE_OPERATORS) if sqlite else (_postgres_term, _POSTGRES_OPERATORS)
    expression = format_term(terms[0])
    for term in terms[1:]:
        expression = (
            f"({expression}) {operators[1] if any_of else operators[2] if term.absent else operators[0]} {format_term(term)}"
        )
    joined: str | None = transaction.session.execute(
        _SQLITE_STATEMENT if sqlite else _POSTGRES_STATEMENT, {"asked": expression}
    ).scalar_one()
    return set(joined.split("\x1f")) if joined else set()


# The plus keeps SQLite from fetching the long rows of `words`: the small index of keys is read through instead. All keys come as one text,
# because handing over a hundred thousand rows one by one would take as long as finding them.
_SQLITE_STATEMENT = sa.text(
    "SELECT group_concat(record, char(31)) FROM words WHERE +id IN (SELECT rowid FROM word_index WHERE word_index MATCH :asked)"
)
_POSTGRES_STATEMENT = sa.text(
    "SELECT string_agg(record, chr(31)) FROM words WHERE to_tsvector('simple', text) @@ to_tsquery('simple', :asked)"
)
_SQLITE_OPERATORS, _POSTGRES_OPERATORS = ("AND", "OR", "NOT"), ("&", "|", "& !")
"""How each database writes "and", "or", and "and not" between two terms."""


def _sqlite_term(term: TextTerm) -> str:
    # Folded words hold letters and digits alone, so that quoting them is enough.
    return f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")


def _postgres_term(term: TextTerm) -> str:
    *words, last = (f"'{word}'" for word in term.words)
    return "(" + " <-> ".join([*words, last + (":*" if term.prefix else "")]) + ")"
