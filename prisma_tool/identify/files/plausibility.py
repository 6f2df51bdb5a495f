"""What in the records of a file looks as if it had been read, written or exported wrong, for a person to look at.

Two tables of checks, one for what a record shows by itself and one for what only many records show together. Nothing is changed by a
finding. Invariants: a check is pure; it speaks only from its least number of records and its least share on, which are chosen so that
ordinary exports give none; time and memory are bounded, whatever the size of the file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise

from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.missing_values import is_missing
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import fold, one_line

_EXAMPLES, _EXAMPLE_LENGTH, _CONTEXT = 3, 80, 25
LOOKED_AT = 20_000
"""Records beyond these are not looked at: what is wrong with an export shows long before, and time and memory stay small."""


@dataclass(frozen=True, slots=True)
class ImportFinding:
    """`n` of `of` records show something that is rarely meant; `sentence` says what, `examples` are a few of them."""

    name: str
    n: int
    of: int
    examples: tuple[str, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class RecordCheck:
    """A check of single records.

    `value` gives the text that it looks at, empty where the record has none, `wrong` whether that is suspicious. `sentence` follows
    "n of m". It speaks from `least` records and a `share` of them on.
    """

    name: str
    value: Callable[[ParsedEntry], str]
    wrong: Callable[[str], object]
    sentence: str
    least: int = 1
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class FileCheck:
    """A check of all records together: `shared` gives how many of the values are suspicious, and examples."""

    name: str
    value: Callable[[ParsedEntry], str]
    shared: Callable[[Sequence[str]], tuple[int, Sequence[str]]]
    sentence: str
    least: int
    share: float


_LIST_OF_NAMES = re.compile(r";|\||,[^,]*,[^,]*,|[^\W\d_]{2,} (?:and|&) [^\W\d_]{2,}.*,|\bet al\b|^\W*[\[{]")
_NO_NAME = re.compile(r"@|https?:|www\.|^\W*\d[\d\W]*$")
_PAGE = re.compile(r"\d|^[ivxlcdm]+(?:-[ivxlcdm]+)?$", re.IGNORECASE)
_NO_TITLE = re.compile(r"https?://\S+|10\.\d{4,}/\S+|[\d\s.,/-]+")
_NUMBER = re.compile(r"[\d\s.,/:-]+|10\.\d{4,}/\S+")
_MOJIBAKE = re.compile(
    "[ÂÃ][\u0080-\u00bf]|Ã[€‚ƒ„†‡ˆ‰Š‹ŒŽ‘“•˜™š›œžŸ]|â€[\u0080-\u00bf™œ\x9d˜“”¢¦]|ï»¿|ï¿½|\ufffd|Ð[\u0080-\u00bf].?Ð[\u0080-\u00bf]"
)
_MOJIBAKE_BEGINS = "ÂÃâïÐ\ufffd"
_MARKUP = re.compile(
    r"&(?:amp|lt|gt|quot|apos|nbsp|[a-z]{3,8}|#\d{2,5}|#x[0-9a-f]{2,5});|</?(?:i|b|u|em|strong|su[bp]|p|br|span|div|jats:\w+)\b[^<>]{0,40}>",
    re.IGNORECASE,
)
_EARLY_TAGS = frozenset({"ea", "c6", "early access date", "date of early access", "early_access"})
_TITLE_TAGS = frozenset({"ti", "t1", "title", "article title", "document title"})
_DOI_TAGS = frozenset({"do", "di", "doi", "digital object identifier"})
_FIRST_TAG = re.compile(r"\s*([A-Z][A-Z0-9])  ?- ")
_ELLIPSIS = re.compile(r"(?:…|\.\.\.)\W*$")
_SENTENCE_END = re.compile(r"[.!?…)\]\"”’'。]\s*$")
_FEWEST_LETTERS = 12
_EARLIEST_YEAR = 1500
_SHORTEST_CUT, _END = 200, 40
_MOST_WORDS = 6


def _title(entry: ParsedEntry) -> str:
    return entry.citation.title or entry.citation.vernacular_title


def _first_author(entry: ParsedEntry) -> str:
    authors = entry.citation.authors
    return "" if not authors or authors[0].collective else str(authors[0])


def _any_author(entry: ParsedEntry) -> str:
    return "\n".join(map(str, entry.citation.authors))


def _texts(entry: ParsedEntry) -> str:
    citation = entry.citation
    return "\n".join((_title(entry), *map(str, citation.authors), citation.journal, citation.abstract_text))


def _extra(citation: Citation, tags: frozenset[str]) -> str:
    return next((value for tag, value in citation.extra if tag.lower() in tags and not is_missing(value)), "")


def _doi_that_is_none(entry: ParsedEntry) -> str:
    return entry.citation.doi or _extra(entry.citation, _DOI_TAGS)


def _title_or_word(entry: ParsedEntry) -> str:
    """The title, or what stood in its place."""
    return _title(entry) or next(
        (value for tag, value in entry.citation.extra if tag.lower() in _TITLE_TAGS and is_missing(value)), ""
    )


def _early_date(entry: ParsedEntry) -> str:
    return "" if entry.citation.year else _extra(entry.citation, _EARLY_TAGS)


def _before_type(entry: ParsedEntry) -> str:
    first = _FIRST_TAG.match(entry.raw) if "TY  - " in entry.raw else None
    return first[1] if first else ""


def _own_accession(entry: ParsedEntry) -> str:
    """The accession, where it is not PubMed's: those of one year are nearly consecutive."""
    return "" if entry.accession == entry.citation.pmid else entry.accession


def _mojibake(text: str) -> re.Match[str] | None:
    return _MOJIBAKE.search(text) if any(sign in text for sign in _MOJIBAKE_BEGINS) else None


def _markup(text: str) -> re.Match[str] | None:
    return _MARKUP.search(text) if "<" in text or "&" in text else None


def _is_list(name: str) -> bool:
    return _LIST_OF_NAMES.search(name) is not None


def _is_capital(title: str) -> bool:
    return title.isupper() and sum(letter.isalpha() for letter in title) >= _FEWEST_LETTERS


RECORD_CHECKS: tuple[RecordCheck, ...] = (
    # Two: a single name of four parts may be a person's.
    RecordCheck("author-lists", _first_author, _is_list, "first authors look like lists of names", least=2, share=0.02),
    RecordCheck(
        "authors-no-names",
        _any_author,
        lambda names: any(map(_NO_NAME.search, names.split("\n"))),
        "author lists hold addresses or numbers",
    ),
    RecordCheck(
        "titles-no-titles",
        _title,
        _NO_TITLE.fullmatch,
        "titles are numbers or addresses: is a column taken for another?",
        share=0.02,
    ),
    RecordCheck("titles-missing-words", _title_or_word, is_missing, "titles are words for a missing value and were left out"),
    RecordCheck(
        "journals-no-journals",
        lambda entry: entry.citation.journal,
        _NUMBER.fullmatch,
        "journals are numbers: is a column taken for another?",
        share=0.02,
    ),
    # Old records of Embase and CAB have titles in capitals; a file of them was converted.
    RecordCheck("titles-in-capitals", _title, _is_capital, "titles are all in capitals", least=3, share=0.5),
    RecordCheck(
        "pages-no-pages",
        lambda entry: entry.citation.pages,
        lambda pages: not _PAGE.search(pages),
        "pages are no pages",
        least=2,
        share=0.02,
    ),
    RecordCheck(
        "tags-before-type",
        _before_type,
        lambda tag: tag != "TY",
        "entries have tags before TY, which were read as theirs, not as those of the entry above",
    ),
    RecordCheck("early-access-years", _early_date, year_in, "records without a year carry a date of early access"),
    RecordCheck("dois-no-dois", _doi_that_is_none, lambda doi: not doi.startswith("10."), "DOIs are none", least=2, share=0.05),
    RecordCheck("mojibake", _texts, _mojibake, "records hold letters of a wrong encoding"),
    RecordCheck("markup", _texts, _markup, "records hold HTML"),
    RecordCheck(
        "abstracts-ellipsis",
        lambda entry: entry.citation.abstract_text,
        _ELLIPSIS.search,
        "abstracts break off with an ellipsis",
        least=3,
        share=0.2,
    ),
)


def _of_same(values: Sequence[str]) -> tuple[int, Sequence[str]]:
    """How many are the most frequent value."""
    value, times = Counter(map(fold, values)).most_common(1)[0]
    return times, [next(text for text in values if fold(text) == value)]


def _ends(words: Callable[[str, int], str]) -> Callable[[Sequence[str]], tuple[int, Sequence[str]]]:
    def shared(values: Sequence[str]) -> tuple[int, Sequence[str]]:
        best: tuple[int, Sequence[str]] = (0, ())
        for size in range(1, _MOST_WORDS):
            end, times = Counter(words(value, size) for value in values).most_common(1)[0]
            if end and times >= best[0] * _STILL:
                best = (times, [end])
        return best

    return shared


_STILL = 0.98
"""A longer end is told where nearly as many titles share it."""


def _last_words(text: str, size: int) -> str:
    parts = text.split()
    return " ".join(parts[-size:]) if len(parts) > size else ""


def _first_words(text: str, size: int) -> str:
    parts = text.split()
    return " ".join(parts[:size]) if len(parts) > size else ""


def _length_and_end(entry: ParsedEntry) -> str:
    """What of an abstract shows that it was cut; whole abstracts of many records would fill the memory."""
    text = entry.citation.abstract_text
    return f"{len(text)} …{text[-_END:]}" if text else ""


def _cut_at_one_length(abstracts: Sequence[str]) -> tuple[int, Sequence[str]]:
    """Abstracts of exactly the greatest length that do not end with a sentence."""
    ends = [(int(length), end) for length, _, end in (text.partition(" ") for text in abstracts)]
    longest = max(length for length, _ in ends)
    cut = [end for length, end in ends if length == longest and not _SENTENCE_END.search(end)]
    return (len(cut), cut[:1]) if longest >= _SHORTEST_CUT else (0, ())


def _running(accessions: Sequence[str]) -> tuple[int, Sequence[str]]:
    """How many are one more than the one before."""
    numbers = [int(text) for text in accessions if text.isascii() and text.isdigit()]
    steps = sum(after - before == 1 for before, after in pairwise(numbers))
    return (steps + 1, [str(number) for number in numbers[:_EXAMPLES]]) if steps else (0, ())


FILE_CHECKS: tuple[FileCheck, ...] = (
    # A topic gives many titles the same last word, never nearly all of them.
    FileCheck("titles-end-alike", _title, _ends(_last_words), "titles end in the same words", least=5, share=0.8),
    FileCheck("titles-begin-alike", _title, _ends(_first_words), "titles begin with the same words", least=5, share=0.8),
    FileCheck("titles-equal", _title, _of_same, "titles are the same", least=3, share=0.3),
    # An author's or a journal's whole work may be meant, but then all records are of it in a file of some size.
    FileCheck("one-author", _first_author, _of_same, "records have the same first author", least=10, share=0.9),
    FileCheck(
        "one-journal", lambda entry: entry.citation.journal, _of_same, "records are from the same journal", least=10, share=0.98
    ),
    FileCheck("dois-equal", lambda entry: entry.citation.doi, _of_same, "DOIs are the same", least=3, share=0.2),
    FileCheck(
        "abstracts-cut",
        _length_and_end,
        _cut_at_one_length,
        "abstracts break off at the same length",
        least=3,
        share=0.02,
    ),
    FileCheck(
        "accessions-running",
        _own_accession,
        _running,
        "accession numbers are running numbers: a program's, not the database's",
        least=5,
        share=0.9,
    ),
)


@dataclass(slots=True)
class _Count:
    of: int = 0
    n: int = 0
    examples: list[str] = field(default_factory=list)


class Plausibility:
    """Collects what the checks look at while the records of a file come; `this_year` decides what is in the future."""

    def __init__(self, this_year: int) -> None:
        future = RecordCheck(
            "years-impossible",
            lambda entry: str(entry.citation.year or ""),
            lambda year: not _EARLIEST_YEAR < int(year) <= this_year + 1,
            "years are in the future or before printing",
        )
        self._checks = (*RECORD_CHECKS, future)
        self._counts = [_Count() for _ in self._checks]
        self._taken = 0
        self._values: list[list[str]] = [[] for _ in FILE_CHECKS]

    def take(self, entries: Iterable[ParsedEntry]) -> None:
        """Look at further records."""
        for entry in islice(entries, LOOKED_AT - self._taken):
            self._taken += 1
            for check, count in zip(self._checks, self._counts, strict=True):
                _look(check, count, entry)
            for whole, values in zip(FILE_CHECKS, self._values, strict=True):
                if value := whole.value(entry):
                    values.append(value)

    def findings(self) -> tuple[ImportFinding, ...]:
        """What stands out in the records so far, in the order of the tables."""
        single = (
            _finding(check, count.n, count.of, count.examples) for check, count in zip(self._checks, self._counts, strict=True)
        )
        whole = (
            _finding(check, *_split(check.shared(values), len(values)))
            for check, values in zip(FILE_CHECKS, self._values, strict=True)
            if values
        )
        return tuple(finding for finding in (*single, *whole) if finding)


def _split(shared: tuple[int, Sequence[str]], of: int) -> tuple[int, int, Sequence[str]]:
    return shared[0], of, shared[1]


def _look(check: RecordCheck, count: _Count, entry: ParsedEntry) -> None:
    value = check.value(entry)
    if not value:
        return
    count.of += 1
    wrong = check.wrong(value)
    if wrong:
        count.n += 1
        example = _around(wrong) if isinstance(wrong, re.Match) else value
        if len(count.examples) < _EXAMPLES and example not in count.examples:
            count.examples.append(example)


def _around(match: re.Match[str]) -> str:
    """The words about what was matched in a long text."""
    begin, end = max(0, match.start() - _CONTEXT), match.end() + _CONTEXT
    return f"{'…' if begin else ''}{match.string[begin:end].strip()}{'…' if end < len(match.string) else ''}"


def _finding(check: RecordCheck | FileCheck, n: int, of: int, examples: Sequence[str]) -> ImportFinding | None:
    if n < check.least or n < check.share * of:
        return None
    shown = tuple(_short(example) for example in examples)
    quoted = "; ".join(f"“{example}”" for example in shown)
    return ImportFinding(check.name, n, of, shown, f"{n} of {of} {check.sentence}: {quoted}")


def _short(text: str) -> str:
    words = one_line(text)
    return words if len(words) <= _EXAMPLE_LENGTH else f"{words[: _EXAMPLE_LENGTH - 1].rstrip()}…"
