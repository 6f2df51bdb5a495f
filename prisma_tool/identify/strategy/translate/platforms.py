"""How each platform writes what PubMed's language says: one table per platform, data for one writer.

From the platforms' own guides: Ovid's syntax guide, Embase.com's help, the Cochrane Library's search help, Scopus' and Web of Science's field
codes, EBSCOhost's field codes. A way of writing that is missing from a table has no counterpart there and is marked for a librarian.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

TIAB, TITLE, ABSTRACT, WORDS = "Title/Abstract", "Title", "Abstract", "Text Word"


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform's ways of writing.

    `fields` and `headings` are patterns with `{}` for the term: by PubMed's field, and by `exp` (with narrower terms), `noexp`, `majr`.
    `near` writes words at most n words apart, with `{words}`; `reference` names a line. `check` says why headings must be looked
    over; empty where they are the same thesaurus.
    """

    name: str
    fields: Mapping[str, str]
    headings: Mapping[str, str]
    phrase: str
    near: str
    near_adds: int
    years: str
    reference: str
    negation: str = "NOT"
    check: str = ""
    lower_operators: bool = False
    any_field: str = "{}"
    phrase_with_stem: str = ""
    """How words that must stand side by side are joined where a phrase in quotes takes no truncation; empty where it does."""


PLATFORMS: Mapping[str, Platform] = {
    "ovid-medline": Platform(
        "MEDLINE on Ovid",
        {
            TIAB: "{}.ti,ab.",
            TITLE: "{}.ti.",
            ABSTRACT: "{}.ab.",
            WORDS: "{}.mp.",
            "Publication Type": "{}.pt.",
            "Language": "{}.lg.",
            "Author": "{}.au.",
            "Journal": "{}.jn.",
            "Affiliation": "{}.in.",
            "Supplementary Concept": "{}.nm.",
            "MeSH Subheading": "{}.fs.",
            "Other Term": "{}.kf.",
        },
        {"exp": "exp {}/", "noexp": "{}/", "majr": "exp *{}/"},
        phrase='"{}"',
        near=" adj{n} ",
        near_adds=1,
        years="",
        reference="{}",
        lower_operators=True,
        any_field="{}.mp.",
        phrase_with_stem=" adj ",
    ),
    "embase": Platform(
        "Embase.com",
        {
            TIAB: "{}:ti,ab",
            TITLE: "{}:ti",
            ABSTRACT: "{}:ab",
            WORDS: "{}:ti,ab,kw",
            "Language": "{}:la",
            "Author": "{}:au",
            "Journal": "{}:jt",
            "Affiliation": "{}:ff",
            "Other Term": "{}:kw",
        },
        {},
        phrase="'{}'",
        near=" NEAR/{n} ",
        near_adds=1,
        years="[{low}-{high}]/py",
        reference="#{}",
        check="a MeSH heading; choose the Emtree terms ('...'/exp)",
    ),
    "central": Platform(
        "CENTRAL in the Cochrane Library",
        {
            TIAB: "{}:ti,ab",
            TITLE: "{}:ti",
            ABSTRACT: "{}:ab",
            WORDS: "{}:ti,ab,kw",
            "Publication Type": "{}:pt",
            "Author": "{}:au",
            "Journal": "{}:so",
            "Other Term": "{}:kw",
        },
        {"exp": '[mh "{}"]', "noexp": '[mh ^"{}"]', "majr": '[mh "{}"[mj]]'},
        phrase='"{}"',
        near=" NEAR/{n} ",
        near_adds=1,
        years="",
        reference="#{}",
        any_field="{}",
        phrase_with_stem=" NEXT ",
    ),
    "scopus": Platform(
        "Scopus",
        {
            TIAB: "(TITLE({}) OR ABS({}))",
            TITLE: "TITLE({})",
            ABSTRACT: "ABS({})",
            WORDS: "TITLE-ABS-KEY({})",
            "Language": "LANGUAGE({})",
            "Author": "AUTH({})",
            "Journal": "SRCTITLE({})",
            "Affiliation": "AFFIL({})",
            "Other Term": "AUTHKEY({})",
        },
        {"exp": 'INDEXTERMS("{}")', "noexp": 'INDEXTERMS("{}")', "majr": 'INDEXTERMS("{}")'},
        phrase='"{}"',
        near=" W/{n} ",
        near_adds=0,
        years="(PUBYEAR > {before} AND PUBYEAR < {after})",
        reference="#{}",
        negation="AND NOT",
        check="a heading of MEDLINE, without its narrower terms; Scopus has no thesaurus of its own",
        any_field="TITLE-ABS-KEY({})",
    ),
    "wos": Platform(
        "Web of Science Core Collection",
        {
            TIAB: "(TI=({}) OR AB=({}))",
            TITLE: "TI=({})",
            ABSTRACT: "AB=({})",
            WORDS: "TS=({})",
            "Language": "LA=({})",
            "Author": "AU=({})",
            "Journal": "SO=({})",
            "Affiliation": "AD=({})",
            "Other Term": "AK=({})",
        },
        {},
        phrase='"{}"',
        near=" NEAR/{n} ",
        near_adds=0,
        years="PY=({low}-{high})",
        reference="#{}",
        check="a MeSH heading; Web of Science has none: write its words and synonyms",
        any_field="TS=({})",
    ),
    "cinahl": Platform(
        "CINAHL on EBSCOhost",
        {
            TIAB: "(TI {} OR AB {})",
            TITLE: "TI {}",
            ABSTRACT: "AB {}",
            WORDS: "TX {}",
            "Publication Type": "PT {}",
            "Language": "LA {}",
            "Author": "AU {}",
            "Journal": "SO {}",
            "Affiliation": "AF {}",
        },
        {"exp": '(MH "{}+")', "noexp": '(MH "{}")', "majr": '(MM "{}+")'},
        phrase='"{}"',
        near=" N{n} ",
        near_adds=0,
        years="(DT {low}0101-{high}1231)",
        reference="S{}",
        check="a MeSH heading; look for the CINAHL Subject Heading",
    ),
}
"""The platforms by the name that `--translate` takes."""
