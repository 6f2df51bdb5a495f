"""What databases add to titles, one row a habit with the platform and the reason; titles lose it before they are compared.

Only what says nothing about the report belongs here. "Part 2", "(vol 12, pg 34)" and "[2]" tell one paper from another, and stay.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AppendedWords:
    """One habit of a platform.

    `hint` is text without which the pattern cannot match, in lower case: a million titles are looked through, and few have any.
    """

    platform: str
    reason: str
    hint: str
    pattern: re.Pattern[str]


def _row(platform: str, reason: str, hint: str, pattern: str) -> AppendedWords:
    return AppendedWords(platform, reason, hint, re.compile(pattern, re.IGNORECASE | re.DOTALL))


_LANGUAGES = (
    "arabic|bulgarian|chinese|croatian|czech|danish|dutch|english|finnish|french|german|greek|hebrew|hungarian|italian|japanese|"
    "korean|norwegian|persian|polish|portuguese|romanian|russian|serbian|slovak|spanish|swedish|turkish|ukrainian"
)
_NUMBERED = r"(?:no\.?|number|#)?[\s:.]*[a-z]{0,3}[\s.-]?\d+"

APPENDED_WORDS = (
    _row("PubMed", "a mark within the title that the record was corrected, not a part of it", "[corrected]", r"\s*\[corrected\]"),
    _row(
        "PubMed",
        "notes about other records, from the first one to the end",
        "[",
        r"\s*\[(?:(?:published )?erratum|corrected and republished|correction|retracted|see comments?|comments?)\b.*$",
    ),
    _row("Ovid MEDLINE", "the number of references", "refs", r"\s*[\[(]\d+ refs?\.?[\])]\W*$"),
    _row("Ovid MEDLINE", "the publication type and the number of references", "[", r"\s*\[review(?: article)?\]\W*$"),
    _row("Scopus and Embase", "the language of the paper", "[", rf"\s*\[(?:article )?(?:in )?(?:{_LANGUAGES})\]\W*$"),
    _row("Embase", "the language of the paper", "(in ", rf"\s*\((?:article )?in (?:{_LANGUAGES})\)\W*$"),
    _row("Scopus", "several letters under one title", "(multiple letters)", r"\s*\(multiple letters\)\W*$"),
    _row(
        "Embase and CENTRAL",
        "the form of a contribution, which another database gives as its type",
        "ommunication",
        r"(?<=\w)\s*[.:;,(\[\u2013-]+\s*(?:brief|short|rapid|preliminary) communication[\])]*\W*$",
    ),
    _row(
        "Embase and CENTRAL",
        "the form of a contribution, which another database gives as its type",
        "report",
        r"(?<=\w)\s*[.;(\[]+\s*(?:brief|short|preliminary) report[\])]*\W*$",
    ),
    _row("Embase", "that the record is a meeting's abstract", "abstract", r"\s*[\[(](?:meeting|conference) abstract[\])]\W*$"),
    _row("CENTRAL", "the number of a meeting's abstract", "abstract", rf"\W+abstract(?:\W+{_NUMBERED})?\W*$"),
    _row(
        "publishers' tables",
        "the journal's own subtitle run into the title",
        "official",
        r"\s*[:.;]\s*(?:the )?official (?:journal|publication|organ) of .*$",
    ),
    _row(
        "Springer Nature's metadata of 2018 and 2019",
        "Australian field codes (two digits and a division, four digits and a group)",
        "science",
        r"\s\d{2} [A-Z][a-z]+[A-Za-z ,&]* \d{4} [A-Z][a-z]+.*$",
    ),
    _row(
        "Scopus",
        "the reference of the corrected paper behind an erratum's title",
        "doi",
        r"\s*[\[(][^\[\]]*\(\d{4}\)[^\[\]]*\bdoi:?\s*10\.\d{4,}[^\[\]]*[\])]\W*$",
    ),
    _row("spreadsheets", "a title cut at a length, with what is left of its last word", "...", r"\s+\S*\.\.\.\s*$"),
    _row("spreadsheets", "a title cut at a length, with what is left of its last word", "\u2026", r"\s+\S*\u2026\s*$"),
    _row("proceedings", "the number of an abstract before the title", ". ", r"^\W*\d{2,4}\. (?=[A-Z])"),
    _row("proceedings", "the session of the meeting before the title", "session", r"^\W*session \d+\b[\s:.\u2013-]*"),
    _row(
        "journals of the AHA and the AACR",
        "the number of the abstract before the title",
        "abstract",
        r"^\W*abstract [a-z]{0,4}-?\d+(?:-\d+)?\s*[:.]\s*",
    ),
)


def without_appended(title: str) -> str:
    """The title as the authors gave it; a title that would be nothing without the addition stays as it is."""
    lower = title.lower()
    for row in APPENDED_WORDS:
        if row.hint in lower:
            title = row.pattern.sub("", title) or title
    return title
