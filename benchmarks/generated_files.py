"""Invented exports of any length in every format that is measured or damaged; the same seed gives the same bytes.

About 2 KB an entry, as large exports have: several authors, an abstract of 150 words, keywords, identifiers, letters beyond ASCII.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape

WORDS = (
    "patients treatment randomised controlled trial outcome effect of the in and with a for acute chronic cohort therapy risk "
    "placebo analysis ratio hazard survival group months median follow-up significant response cells expression protein dose "
    "daily dose-response naive blinded 95% (CI) 0.87 versus baseline primary secondary endpoint mortality quality life score"
).split()
SPECIAL = ("β-blocker", "naïve", "Ménière’s", "≥", "p<0.05", "TNF-α", "R&D", "µg", "10–20", "p < 0.001;")
"""About every second abstract has one or more of these."""
SURNAMES = ("Smith", "Müller", "van der Berg", "O’Neil", "García", "Søndergaard", "Li", "Nguyen", "De Luca", "Kowalska", "Okafor")
GIVEN = ("Anna", "John A", "Wei", "María José", "K", "R.T.", "Ingrid", "Paul", "Zoë", "Ben")
JOURNALS = (
    ("Journal of Invented Medicine", "J Invent Med"),
    ("Annals of Imagined Trials", "Ann Imag Trials"),
    ("Archives of Supposed Cardiology & Surgery", "Arch Suppos Cardiol Surg"),
)


@dataclass(frozen=True, slots=True)
class Made:
    """The content of one invented entry; `authors` are pairs of family and given name."""

    number: int
    title: str
    authors: tuple[tuple[str, str], ...]
    year: int
    journal: tuple[str, str]
    volume: int
    page: int
    doi: str
    abstract: str
    keywords: tuple[str, ...]
    nct: str


def invented(size: int, seed: int = 7) -> Iterator[Made]:
    """`size` entries."""
    draw = random.Random(seed)
    for number in range(1, size + 1):
        yield Made(
            number,
            f"{' '.join(draw.choices(WORDS, k=14)).capitalize()}: study {number:,}",
            tuple((draw.choice(SURNAMES), draw.choice(GIVEN)) for _ in range(draw.randint(1, 8))),
            draw.randint(1990, 2025),
            draw.choice(JOURNALS),
            draw.randint(1, 90),
            draw.randint(1, 2_000),
            f"10.5555/{draw.getrandbits(40):x}.{number}",
            " ".join((*draw.choices(WORDS, k=150), *draw.choices(SPECIAL, k=draw.choice((0, 0, 1, 2))))).capitalize() + ".",
            tuple(dict.fromkeys(draw.choices(WORDS, k=6))),
            f"NCT{number:08d}" if draw.random() < 0.1 else "",
        )


def ris(one: Made) -> str:
    """As Scopus, Zotero and others write it."""
    rows = [
        ("TY", "JOUR"),
        ("TI", one.title),
        *(("AU", f"{family}, {given}") for family, given in one.authors),
        ("PY", f"{one.year}"),
        ("DA", f"{one.year}/05/01/"),
        ("T2", one.journal[0]),
        ("J2", one.journal[1]),
        ("VL", f"{one.volume}"),
        ("IS", "3"),
        ("SP", f"{one.page}"),
        ("EP", f"{one.page + 7}"),
        ("SN", "1234-5678"),
        ("DO", one.doi),
        ("AN", f"L{2_000_000 + one.number}"),
        ("UR", f"https://doi.org/{one.doi}"),
        ("AB", f"{one.abstract} {one.nct}".strip()),
        *(("KW", word) for word in one.keywords),
        ("N1", "Export Date: 30 January 2019"),
        ("M3", "Article"),
        ("LA", "English"),
        ("DB", "Invented Database"),
        ("ER", ""),
    ]
    return "".join(f"{tag}  - {value}\n" for tag, value in rows) + "\n"


def nbib(one: Made) -> str:
    """As PubMed writes it, long lines wrapped."""
    rows = [
        ("PMID", f"{10_000_000 + one.number}"),
        ("OWN", "NLM"),
        ("STAT", "MEDLINE"),
        ("IS", "1234-5678 (Electronic)"),
        ("VI", f"{one.volume}"),
        ("IP", "3"),
        ("DP", f"{one.year} May 1"),
        ("TI", one.title),
        ("PG", f"{one.page}-{one.page + 7}"),
        ("LID", f"{one.doi} [doi]"),
        ("AB", one.abstract),
        *(pair for family, given in one.authors for pair in (("FAU", f"{family}, {given}"), ("AU", f"{family} {given[0]}"))),
        ("LA", "eng"),
        *((("SI", f"ClinicalTrials.gov/{one.nct}"),) if one.nct else ()),
        ("PT", "Journal Article"),
        ("TA", one.journal[1]),
        ("JT", one.journal[0]),
        ("SB", "IM"),
        *(("MH", word.capitalize()) for word in one.keywords),
        ("EDAT", f"{one.year}/05/01 06:00"),
        ("AID", f"{one.doi} [doi]"),
        ("SO", f"{one.journal[1]}. {one.year} May 1;{one.volume}(3):{one.page}-{one.page + 7}."),
    ]
    return "".join(_wrapped(f"{tag:<4}- {value}", 88, "      ") for tag, value in rows) + "\n"


def _wrapped(text: str, width: int, indent: str) -> str:
    lines, row = [], ""
    for word in text.split(" "):
        if row and len(row) + len(word) >= width:
            lines.append(row)
            row = indent + word
        else:
            row = f"{row} {word}" if row else word
    return "\n".join([*lines, row]) + "\n"


def enw(one: Made) -> str:
    """As EndNote and Google Scholar write it."""
    rows = [
        ("0", "Journal Article"),
        ("T", one.title),
        *(("A", f"{family}, {given}") for family, given in one.authors),
        ("J", one.journal[0]),
        ("V", f"{one.volume}"),
        ("N", "3"),
        ("P", f"{one.page}-{one.page + 7}"),
        ("@", "1234-5678"),
        ("D", f"{one.year}"),
        ("R", one.doi),
        ("M", f"ACC{one.number:08d}"),
        ("X", one.abstract),
        *(("K", word) for word in one.keywords),
    ]
    return "".join(f"%{tag} {value}\n" for tag, value in rows) + "\n"


def ciw(one: Made) -> str:
    """As Web of Science writes it, without the head and the foot of the file."""
    people = [f"{family}, {given[0]}" for family, given in one.authors]
    full = [f"{family}, {given}" for family, given in one.authors]
    rows = [
        ("PT", "J"),
        ("AU", "\n   ".join(people)),
        ("AF", "\n   ".join(full)),
        ("TI", _wrapped(one.title, 75, "   ").rstrip()),
        ("SO", one.journal[0].upper()),
        ("LA", "English"),
        ("DT", "Article"),
        ("DE", "; ".join(one.keywords)),
        ("AB", one.abstract),
        ("SN", "1234-5678"),
        ("JI", one.journal[1]),
        ("PD", "MAY"),
        ("PY", f"{one.year}"),
        ("VL", f"{one.volume}"),
        ("IS", "3"),
        ("BP", f"{one.page}"),
        ("EP", f"{one.page + 7}"),
        ("DI", one.doi),
        ("UT", f"WOS:{one.number:015d}"),
    ]
    return "".join(f"{tag} {value}\n" for tag, value in rows) + "ER\n\n"


def ovid(one: Made) -> str:
    """As Ovid writes its tagged text with numbered entries."""
    rows = [
        ("DB", "Invented Database"),
        ("AN", f"{one.number:08d}"),
        ("TI", one.title),
        ("AU", "\n  ".join(f"{family} {given[0]}." for family, given in one.authors)),
        ("SO", f"{one.journal[0]}. {one.volume}(3):{one.page}-{one.page + 7}, {one.year}."),
        ("YR", f"{one.year}"),
        ("IS", "1234-5678"),
        ("DO", f"https://dx.doi.org/{one.doi}"),
        ("AB", one.abstract),
        ("PT", "Article"),
    ]
    return f"<{one.number}>\n" + "".join(f"{tag}  - {value}\n" for tag, value in rows) + "\n"


def pubmed_xml(one: Made) -> str:
    """As PubMed's EFetch writes it."""
    people = "".join(
        f'<Author ValidYN="Y"><LastName>{family}</LastName><ForeName>{given}</ForeName><Initials>{given[0]}</Initials>'
        "<AffiliationInfo><Affiliation>Department of Supposition, University of Nowhere, Erewhon.</Affiliation></AffiliationInfo></Author>\n"
        for family, given in one.authors
    )
    words = "".join(
        f'<MeshHeading><DescriptorName UI="D{number:06d}" MajorTopicYN="N">{escape(word)}</DescriptorName></MeshHeading>\n'
        for number, word in enumerate(one.keywords)
    )
    ids = f'<ArticleId IdType="pubmed">{10_000_000 + one.number}</ArticleId><ArticleId IdType="doi">{one.doi}</ArticleId>'
    return f"""<PubmedArticle>
<MedlineCitation Status="MEDLINE" Owner="NLM"><PMID Version="1">{10_000_000 + one.number}</PMID>
<Article PubModel="Print"><Journal><ISSN IssnType="Electronic">1234-5678</ISSN><JournalIssue CitedMedium="Internet">
<Volume>{one.volume}</Volume><Issue>3</Issue><PubDate><Year>{one.year}</Year><Month>May</Month></PubDate></JournalIssue>
<Title>{escape(one.journal[0])}</Title><ISOAbbreviation>{escape(one.journal[1])}</ISOAbbreviation></Journal>
<ArticleTitle>{escape(one.title)}</ArticleTitle><Pagination><MedlinePgn>{one.page}-{one.page + 7}</MedlinePgn></Pagination>
<Abstract><AbstractText Label="METHODS">{escape(one.abstract)}</AbstractText></Abstract>
<AuthorList CompleteYN="Y">{people}</AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList></Article>
<MeshHeadingList>{words}</MeshHeadingList></MedlineCitation>
<PubmedData><PublicationStatus>ppublish</PublicationStatus><ArticleIdList>{ids}</ArticleIdList></PubmedData>
</PubmedArticle>
"""


WRITERS: dict[str, Callable[[Made], str]] = {
    "ris": ris,
    "medline": nbib,
    "endnote-tagged": enw,
    "wos-tagged": ciw,
    "ovid-tagged": ovid,
    "pubmed-xml": pubmed_xml,
}
"""How one entry is written in each format."""
FRAMES = {
    "wos-tagged": ("FN Clarivate Analytics Web of Science\nVR 1.0\n", "EF\n"),
    "pubmed-xml": ("<PubmedArticleSet>\n", "</PubmedArticleSet>\n"),
}
"""What stands before the first entry and after the last."""


def exported(name: str, size: int, seed: int = 7) -> Iterator[str]:
    """The text of an export in format `name`, entry by entry."""
    head, foot = FRAMES.get(name, ("", ""))
    yield head
    yield from map(WRITERS[name], invented(size, seed))
    yield foot
