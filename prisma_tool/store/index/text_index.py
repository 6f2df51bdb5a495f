"""The index of words: which records contain what a person looks for.

The folded text of each record is indexed by SQLite's FTS5 or PostgreSQL's GIN, as `word_entries` says. Invariants: after every
transaction the text indexed for each record is that of its current content, as far as both databases can index it, so that both answer
alike; what a person types is folded and quoted before a database sees it, and however much it is, no expression is nested too deeply for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.codec import decode
from prisma_tool.model.text import fold
from prisma_tool.model.text_query import TextTerm
from prisma_tool.store.engine.batches import delete_in
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.schema import WordsRow
from prisma_tool.store.index import word_entries
from prisma_tool.store.index.arrival_order import in_order
from prisma_tool.store.index.indexable_words import LONGEST_WORD, fits, leading_words


def text_of(citation: Citation) -> str:
    """Everything of a record that a person may look for and that can be indexed, folded into words apart by single spaces."""
    return _indexable(citation)[0]


class _SearchedAuthor(msgspec.Struct, gc=False):
    family: str
    given: str = ""


class _SearchedSection(msgspec.Struct, gc=False):
    label: str
    text: str


class _SearchedTrial(msgspec.Struct, gc=False):
    official_title: str = ""
    acronym: str = ""
    sponsor: str = ""
    conditions: tuple[str, ...] = ()
    interventions: tuple[str, ...] = ()


class _Searched(msgspec.Struct, gc=False):
    """What of a citation is indexed, by the names that it has there."""

    title: str = ""
    vernacular_title: str = ""
    abstract: tuple[_SearchedSection, ...] = ()
    other_abstracts: tuple[_SearchedSection, ...] = ()
    authors: tuple[_SearchedAuthor, ...] = ()
    journal: str = ""
    journal_abbreviation: str = ""
    year: int | None = None
    keywords: tuple[str, ...] = ()
    mesh: tuple[str, ...] = ()
    publication_types: tuple[str, ...] = ()
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registry_numbers: tuple[str, ...] = ()
    trial: _SearchedTrial | None = None


_searched = msgspec.json.Decoder(_Searched).decode
"""Reads what is indexed of a content at a third of what making a citation costs; refuses what is no content by the letter."""


def text_of_content(content: str) -> str:
    """The text of a record from its stored content, uncorrected: `text_of(decode(content))`."""
    try:
        searched: _Searched | Citation = _searched(content)
    except (ValueError, RecursionError):
        searched = decode(content)
    return _indexable(searched)[0]


def _indexable(citation: Citation | _Searched) -> tuple[str, bool]:
    """The text of a record, and whether it is all of it: where not, its longest parts come last and are cut."""
    parts = _parts(citation)
    text = fold("\n".join(parts))
    return (text, True) if fits(text) else (leading_words(fold("\n".join(sorted(parts, key=len)))), False)


def _parts(citation: Citation | _Searched) -> tuple[str, ...]:
    trial = citation.trial
    return (
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


def index(transaction: Transaction, contents: Mapping[str, Citation]) -> list[str]:
    """Make these records findable by their present content, whether or not they were indexed before; returns as `add`."""
    delete_in(transaction.session, WordsRow, WordsRow.record, contents)
    return add(transaction, contents)


def add(transaction: Transaction, contents: Mapping[str, Citation]) -> list[str]:
    """Make records findable that the index does not hold yet; returns the keys of those that it does not take whole."""
    texts = {key: _indexable(citation) for key, citation in contents.items()}
    if texts:
        word_entries.insert(transaction, [(key, text) for key, (text, _) in texts.items()])
    return [key for key, (_, whole) in texts.items() if not whole]


def cut_warning(key: str) -> str:
    """What a person should know of a record that the index does not take whole."""
    return (
        f"{key} holds more words than can be indexed (about a megabyte of different ones, each of at most {LONGEST_WORD:,} bytes): "
        "it is kept whole, but found only by those that fit."
    )


def keys_matching(transaction: Transaction, terms: Sequence[TextTerm]) -> set[str]:
    """The records whose text meets all the terms; no terms are met by none."""
    if not terms:
        return set()
    condition, parameters = _condition(transaction, terms)
    # All keys as one text: handing over a hundred thousand rows one by one would take as long as finding them.
    aggregate = "group_concat(record, char(31))" if word_entries.is_sqlite(transaction) else "string_agg(record, chr(31))"
    statement = sa.text(f"SELECT {aggregate} FROM words WHERE {condition}")  # noqa: S608 - built of constants; what was typed is bound
    joined: str | None = transaction.session.execute(statement, parameters).scalar_one()
    return set(joined.split("\x1f")) if joined else set()


def positions_matching(transaction: Transaction, terms: Sequence[TextTerm]) -> Sequence[int]:
    """The positions, ascending, of the records whose text meets all the terms; no terms are met by none.

    One statement, in which the database does all the work: over 100,000 records it answers within 0.2 s whatever is asked.
    """
    if not terms:
        return range(0)
    condition, parameters = _condition(transaction, terms)
    aggregate = (
        "group_concat(record.position)" if word_entries.is_sqlite(transaction) else "string_agg(record.position::text, ',')"
    )
    statement = sa.text(
        f"SELECT {aggregate} FROM words JOIN record ON record.key = words.record WHERE {condition}"  # noqa: S608 - as above
    )
    joined: str | None = transaction.session.execute(statement, parameters).scalar_one()
    return in_order(map(int, joined.split(","))) if joined else range(0)


_Condition = tuple[str, dict[str, Any]]
"""SQL that is true for the rows of `words` that are wanted, and the values of its parameters."""


def _condition(transaction: Transaction, terms: Sequence[TextTerm]) -> _Condition:
    """The rows that meet all the terms. Present and absent ones are asked for together: each list is one expression."""
    distinct = dict.fromkeys(terms)
    present = [term for term in distinct if not term.absent]
    # A word too long for the index stands in no text.
    absent = [term for term in distinct if term.absent and _can_be_indexed(term)]
    if not all(map(_can_be_indexed, present)):
        return "FALSE", {}
    return (_sqlite_condition if word_entries.is_sqlite(transaction) else _postgres_condition)(present, absent)


def _can_be_indexed(term: TextTerm) -> bool:
    return all(len(word.encode()) <= LONGEST_WORD for word in term.words)


# The plus keeps SQLite from fetching the long rows of `words` by number: the small index of keys is read through instead.
_SQLITE_MATCH = "+words.id {} (SELECT rowid FROM word_index WHERE word_index MATCH :{})"


def _sqlite_condition(present: Sequence[TextTerm], absent: Sequence[TextTerm]) -> _Condition:
    conditions = [_SQLITE_MATCH.format("IN", "present")] * bool(present) + [_SQLITE_MATCH.format("NOT IN", "absent")] * bool(
        absent
    )
    parameters = {"present": " AND ".join(map(_sqlite_term, present)), "absent": " OR ".join(map(_sqlite_term, absent))}
    return " AND ".join(conditions) or "TRUE", {name: value for name, value in parameters.items() if value}


def _sqlite_term(term: TextTerm) -> str:
    # Folded words hold letters and digits alone, so that quoting them is enough.
    return f'"{" ".join(term.words)}"' + (" *" if term.prefix else "")


_POSTGRES_MATCH = "to_tsvector('simple', words.text) @@ to_tsquery('simple', :{})"
_POSTGRES_PHRASES = "' ' || words.text || ' ' LIKE {}(CAST(:{} AS text[]))"
"""Phrases are looked for in the text: PostgreSQL knows only the first 256 places of a word, and none beyond 16,383."""


def _postgres_condition(present: Sequence[TextTerm], absent: Sequence[TextTerm]) -> _Condition:
    """Sets of rows taken from each other: joined by AND, the planner would take all the texts apart again to spare an index."""
    parameters: dict[str, Any] = {}
    wanted, unwanted = "SELECT id FROM words", list[str]()
    if present:
        parameters["present"] = _postgres_query(present, "&")
        wanted += " WHERE " + _POSTGRES_MATCH.format("present")
    if phrases := [_pattern(term) for term in present if len(term.words) > 1]:
        parameters["phrases"] = phrases
        wanted += " AND " + _POSTGRES_PHRASES.format("ALL", "phrases")
    if words := [term for term in absent if len(term.words) == 1]:
        parameters["absent"] = _postgres_query(words, "|")
        unwanted.append(_POSTGRES_MATCH.format("absent"))
    if absent_phrases := [term for term in absent if len(term.words) > 1]:
        parameters["candidates"] = _postgres_query(absent_phrases, "|")
        parameters["absent_phrases"] = [_pattern(term) for term in absent_phrases]
        unwanted.append(f"{_POSTGRES_MATCH.format('candidates')} AND {_POSTGRES_PHRASES.format('ANY', 'absent_phrases')}")
    taken = "".join(f" EXCEPT SELECT id FROM words WHERE {condition}" for condition in unwanted)  # noqa: S608 - built of constants; what was typed is bound
    return f"words.id IN ({wanted}{taken})", parameters


_GROUP = 500


def _postgres_query(terms: Sequence[TextTerm], operator: str) -> str:
    """The terms in groups: PostgreSQL nests each operator in the one before, and thousands in a row would exceed its stack."""
    written = list(map(_postgres_term, terms))
    groups = (written[start : start + _GROUP] for start in range(0, len(written), _GROUP))
    return operator.join(f"({operator.join(group)})" for group in groups)


def _postgres_term(term: TextTerm) -> str:
    *words, last = (f"'{word}'" for word in term.words)
    return "(" + " & ".join([*words, last + (":*" if term.prefix else "")]) + ")"


def _pattern(term: TextTerm) -> str:
    """A phrase for LIKE; folded words hold none of its signs."""
    return f"% {' '.join(term.words)}{'' if term.prefix else ' '}%"
