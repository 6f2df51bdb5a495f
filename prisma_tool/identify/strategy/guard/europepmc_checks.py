"""The checks of a strategy for Europe PMC: what its search would refuse, or search otherwise than meant.

Pure. The fields are those of Europe PMC's search syntax reference; one of a later version stops a search once and can be accepted.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from itertools import pairwise

from prisma_tool.identify.strategy.guard.foreign_words import platform_of
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, cleaned_problems, distinct, shown
from prisma_tool.identify.strategy.guard.syntax import balance, curly_quotes, dangling_operators, lower_case_operators
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy, in_use
from prisma_tool.identify.strategy.tokens import OPERATORS, StrategyToken, TokenKind, tokens

FIELDS = frozenset(
    (
        "TITLE", "ABSTRACT", "TITLE_ABS", "AUTH", "AUTHORID", "AUTHORID_TYPE", "AFF", "INVESTIGATOR", "ED", "JOURNAL", "ISSN", "ESSN",
        "NLM_ID", "VOLUME", "ISSUE", "PAGE_INFO", "PUBLISHER", "BOOK_ID", "ISBN", "PUB_YEAR", "PUB_TYPE", "FIRST_PDATE", "FIRST_PDATE_D",
        "FIRST_IDATE", "FIRST_IDATE_D", "P_PDATE", "P_PDATE_D", "E_PDATE", "E_PDATE_D", "CREATION_DATE", "UPDATE_DATE", "EMBARGO_DATE",
        "FT_CDATE_D", "LANG", "KW", "KEYWORD", "MESH", "CHEM", "DISEASE", "DISEASE_ID", "GENE_PROTEIN", "GOTERM", "GOTERM_ID", "ORGANISM",
        "ORGANISM_ID", "CHEBITERM", "CHEBITERM_ID", "EXPERIMENTAL_METHOD", "RESOURCE_NAME", "SUBSET", "ACCESSION_ID", "ACCESSION_TYPE",
        "GRANT_AGENCY", "GRANT_AGENCY_ID", "GRANT_ID", "FUNDER_INITIATIVE", "SRC", "EXT_ID", "PMCID", "DOI", "ID", "OPEN_ACCESS", "LICENSE",
        "IN_PMC", "IN_EPMC", "IN_UKPMC", "CITES", "CITED", "REFFED_BY", "ANNOTATION_TYPE", "ANNOTATION_PROVIDER", "LABS_PUBS", "UNIPROT_PUBS",
        "PDB_PUBS", "INTERPRO_PUBS", "ARXPR_PUBS", "CHEBI_PUBS", "CHEMBL_PUBS", "EMBL_PUBS", "INTACT_PUBS", "OMIM_PUBS", "INTRO", "METHODS",
        "RESULTS", "DISCUSS", "CONCL", "CASE", "ACK_FUND", "AUTH_CON", "COMP_INT", "SUPPL", "FIG", "TABLE", "REF", "APPENDIX", "ABBR", "OTHER",
        "BODY", "BACK", "BACK_NOREF",
    )
)  # fmt: skip
"""The names that stand before a colon; all that begin with HAS_ are known too."""
_FIELD = re.compile(r"[-+]?([A-Za-z][A-Za-z_]+):")
_FOR_TAGS = {
    **dict.fromkeys(("tiab", "title/abstract"), "TITLE_ABS:"),
    **dict.fromkeys(("ti", "title"), "TITLE:"),
    **dict.fromkeys(("ab", "abstract"), "ABSTRACT:"),
    **dict.fromkeys(("au", "author"), "AUTH:"),
    **dict.fromkeys(("mh", "mesh", "mesh terms"), "KW:"),
    **dict.fromkeys(("pt", "publication type"), "PUB_TYPE:"),
    **dict.fromkeys(("la", "language"), "LANG:"),
    **dict.fromkeys(("ta", "journal"), "JOURNAL:"),
    **dict.fromkeys(("dp", "pdat"), "FIRST_PDATE:"),
}
"""PubMed's tags, and the field of Europe PMC that comes nearest."""


def examine(strategy: NumberedStrategy) -> tuple[Problem, ...]:
    """What the text of a strategy gives cause to say; only lines that the last one needs are searched, and looked at."""
    needed = in_use(strategy)
    problems = [problem for line in strategy.lines if line.number in needed for problem in examine_line(line)]
    return distinct([*strategy.faults, *problems, *cleaned_problems(strategy.changes)])


def examine_line(line: NumberedLine) -> Iterator[Problem]:
    """Everything that is to be said about one line."""
    yield from balance(line)
    yield from dangling_operators(line, frozenset({"NOT"}))
    yield from _operators_before_fields(line)
    yield from lower_case_operators(line)
    yield from curly_quotes(line)
    yield from _fields(line)
    yield from _square_brackets(line)
    yield from _truncation(line)
    yield from _other_platforms(line)


def field_before(token: StrategyToken | None) -> str:
    """The field that a word names before its colon, as it is written; empty where it names none."""
    match = _FIELD.match(token.text) if token is not None and token.kind is TokenKind.WORD else None
    # The colon of a web address names no field.
    return match[1] if match and "://" not in match.string else ""


def _fields(line: NumberedLine) -> Iterator[Problem]:
    for token in tokens(line.text):
        name = field_before(token)
        folded = name.upper()
        if not name or folded in FIELDS or folded.startswith("HAS_"):
            continue
        close = difflib.get_close_matches(folded, sorted(FIELDS), n=1, cutoff=0.6)
        hint = f"did you mean {close[0]}:?" if close else "words with a colon belong in quotes."
        sentence = f"{line.label}Europe PMC has no field {shown(name)}:, and would find nothing there; {hint}"
        span = (token.start, token.end)
        yield Problem(ProblemKind.TAG, shown(name).lower(), sentence, True, line.number, span)


def _operators_before_fields(line: NumberedLine) -> Iterator[Problem]:
    """`and`, `or` and `not` before a field cannot be words of a term."""
    read = tokens(line.text)
    for token, after in pairwise(read):
        operator = token.text.upper()
        if token.kind is TokenKind.WORD and operator in OPERATORS and not token.is_operator and field_before(after):
            sentence = f"{line.label}“{token.text}” is not in capitals and would be searched as a word; write {operator}."
            span = (token.start, token.end)
            yield Problem(
                ProblemKind.OPERATOR_CASE, f"{line.label}{token.text}", sentence, operator != "AND", line.number, span, operator
            )


def _square_brackets(line: NumberedLine) -> Iterator[Problem]:
    """Square brackets hold ranges behind a field's colon; elsewhere they are the tags of PubMed."""
    read = tokens(line.text)
    for before, token in zip([None, *read], read, strict=False):
        if token.kind is not TokenKind.TAG or (before is not None and before.text.endswith(":")):
            continue
        field = _FOR_TAGS.get(token.text[1:-1].partition(":")[0].strip().lower(), "")
        hint = f"write {field} before the term." if field else 'fields stand before the term, as in TITLE:"heart failure".'
        sentence = f"{line.label}{shown(token.text)} is a tag of PubMed, which Europe PMC does not know; {hint}"
        yield Problem(ProblemKind.TAG, shown(token.text).lower(), sentence, True, line.number, (token.start, token.end))


def _truncation(line: NumberedLine) -> Iterator[Problem]:
    for token in tokens(line.text):
        if "*" not in token.text or token.kind not in (TokenKind.QUOTED, TokenKind.WORD):
            continue
        words = token.text.strip('"').rpartition(":")[2]
        if token.kind is TokenKind.QUOTED:
            sentence = f"{line.label}{shown(token.text)}: Europe PMC does not truncate within quotes; write the forms out, or leave the quotes off."
        elif words.startswith("*") and words != "*":
            sentence = f"{line.label}“{shown(token.text)}”: Europe PMC truncates only at the end of a word."
        else:
            continue
        yield Problem(ProblemKind.TRUNCATION, shown(token.text), sentence, False, line.number, (token.start, token.end))


def _other_platforms(line: NumberedLine) -> Iterator[Problem]:
    for token in tokens(line.text):
        name = platform_of(token.text) if token.kind is TokenKind.WORD and not token.is_operator else ""
        if name:
            sentence = f"{line.label}“{shown(token.text)}” is {name}; Europe PMC would search it as a word."
            yield Problem(ProblemKind.PLATFORM, shown(token.text), sentence, True, line.number, (token.start, token.end))
