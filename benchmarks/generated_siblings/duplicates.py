"""True duplicates: one report as two databases export it.

Each pair has one main noise, in its title or in another field, and besides what any two exports differ in: the form of names, the
journal's abbreviation, an abstract that is cut or missing. That both are one report is certain, since all that the noise leaves agrees.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from msgspec.structs import replace

from generated_siblings.pairs import Entry, Pair, Truth, abstract_text, as_exported, entry, initials, report
from generated_siblings.title_noise import PLACED, PLAIN, SPELT, TITLE_NOISES, TitleNoise
from generated_siblings.words import Group, research_group
from prisma_tool.model.record.citation import Author, Citation, Section

Change = Callable[[Random, Citation, Group], Citation]


@dataclass(frozen=True, slots=True)
class FieldNoise:
    """What an export does to a field other than the title, in the shapes in which the rest still leaves no doubt."""

    name: str
    shapes: tuple[str, ...]
    change: Change


def _swapped(_draw: Random, one: Citation, _group: Group) -> Citation:
    return replace(one, authors=tuple(Author(author.given.split()[0], author.family) for author in one.authors))


def _et_al(draw: Random, one: Citation, _group: Group) -> Citation:
    return replace(one, authors=(one.authors[0], Author(draw.choice(("et al", "et al.", "others")))))


def _group_author(draw: Random, one: Citation, group: Group) -> Citation:
    name = f"{group.field.drug.upper()[:5]} {draw.choice(('Study Group', 'Investigators', 'Collaborative Group'))}"
    return replace(one, authors=(Author(name, collective=True),))


def _without_accents(_draw: Random, one: Citation, _group: Group) -> Citation:
    plain = str.maketrans("öéèüäøáóíıřčńńÿ", "oeeuaoaoiircnny")
    return replace(one, authors=tuple(replace(author, family=author.family.translate(plain)) for author in initials(one.authors)))


def _no_authors(draw: Random, one: Citation, _group: Group) -> Citation:
    return replace(one, authors=draw.choice(((), (Author("Anonymous"),))))


def _other_year(_draw: Random, one: Citation, group: Group) -> Citation:
    """The year of early access, in a record that is complete otherwise."""
    return replace(one, year=group.year - 1)


def _short_pages(_draw: Random, one: Citation, _group: Group) -> Citation:
    """123-129 as 123-9."""
    first, _, last = one.pages.partition("-")
    same = next((at for at, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), 0)
    return replace(one, pages=f"{first}-{last[same:]}")


def _first_page(draw: Random, one: Citation, _group: Group) -> Citation:
    return replace(one, pages=one.pages.partition("-")[0] + draw.choice(("", "-", "+")))


def _range_cut_at_its_start(draw: Random, one: Citation, _group: Group) -> Citation:
    """What some exports leave of "S123-S129" or "123-129"."""
    last = re.sub(r"\D", "", one.pages.rpartition("-")[2])
    return replace(one, pages=f"{draw.choice(('Suppl-', 't-', 'S-', '-'))}{last}")


def _article_number(draw: Random, one: Citation, _group: Group) -> Citation:
    return replace(one, pages=draw.choice(("e{}", "{}", "Article {}", "Unsp {}")).format(draw.randint(10_000, 99_999)))


def _without(field: str) -> Change:
    return lambda _draw, one, _group: replace(one, **{field: ""})


def _journal_short(_draw: Random, one: Citation, group: Group) -> Citation:
    return replace(one, journal=group.journal.abbreviation)


def _journal_with_place(draw: Random, one: Citation, group: Group) -> Citation:
    return replace(one, journal=f"{group.journal.name} ({draw.choice(('London, England', 'Online', 'Oslo : 1994'))})")


def _supplement_in_volume(draw: Random, one: Citation, _group: Group) -> Citation:
    return replace(one, volume=f"{one.volume} {draw.choice(('Suppl 1', 'Supplement 1', '(Suppl. 1)'))}", issue="")


FIELD_NOISES = (
    FieldNoise("given and family names swapped", SPELT, _swapped),
    FieldNoise("et al", SPELT, _et_al),
    FieldNoise("group author against persons", PLACED, _group_author),
    FieldNoise("names without diacritics", SPELT, _without_accents),
    FieldNoise("authors missing", PLACED, _no_authors),
    FieldNoise("year of early access", PLACED, _other_year),
    FieldNoise("pages abbreviated", ("printed",), _short_pages),
    FieldNoise("first page alone", ("printed",), _first_page),
    FieldNoise("page range cut at its start", ("printed",), _range_cut_at_its_start),
    FieldNoise("article number against printed pages", ("printed",), _article_number),
    FieldNoise("issue missing", PLACED, _without("issue")),
    FieldNoise("volume missing", PLACED, _without("volume")),
    FieldNoise("pages missing", PLACED, _without("pages")),
    FieldNoise("journal missing", PLACED, _without("journal")),
    FieldNoise("journal abbreviated", SPELT, _journal_short),
    FieldNoise("journal with its town", SPELT, _journal_with_place),
    FieldNoise("supplement written with the volume", ("meeting abstract",), _supplement_in_volume),
)
_UNCHANGED = TITLE_NOISES[0]
_COMBINED_TITLES = [noise for noise in TITLE_NOISES if noise.shapes == SPELT]
_COMBINED_FIELDS = [
    noise for noise in FIELD_NOISES if "printed" in noise.shapes and not noise.name.endswith(("missing", "pages"))
]
"""What leaves volume, journal and either a first or a last page, so that two noises at once still leave no doubt."""


def duplicates(each: int, seed: int) -> Iterator[Pair]:
    """`each` pairs of every noise in every shape that it leaves certain."""
    numbers = count(12_000 + seed % 97)
    fields = [(noise.name, shape, _UNCHANGED, noise.change) for noise in FIELD_NOISES for shape in noise.shapes]
    titles = [(noise.name, shape, noise, None) for noise in TITLE_NOISES for shape in noise.shapes]
    for name, shape, title_noise, change in (*titles, *fields):
        draw = Random(f"{seed} {name} {shape}")
        for _ in range(each):
            group = research_group(draw, next(numbers))
            first, second = _one_report(draw, group, shape, title_noise)
            yield Pair(Truth.DUPLICATES, name, shape, *_exported(draw, group, first, second, change))
    yield from _several_at_once(4 * each, seed)
    yield from _registrations(each, seed)


def _several_at_once(each: int, seed: int) -> Iterator[Pair]:
    """A title and a field written otherwise, in one printed place."""
    draw = Random(f"{seed} several at once")
    for turn in range(each):
        group = research_group(draw, 14_200 + turn)
        first, second = _one_report(draw, group, "printed", draw.choice(_COMBINED_TITLES))
        change = draw.choice(_COMBINED_FIELDS).change
        yield Pair(Truth.DUPLICATES, "title and a field at once", "printed", *_exported(draw, group, first, second, change))


def _one_report(draw: Random, group: Group, shape: str, noise: TitleNoise) -> tuple[Citation, Citation]:
    """The report under its two titles, in its place and with the abstract as far as each database has it."""
    titles = noise.change(draw, group.field.fill(draw.choice(noise.titles)))
    text = abstract_text(draw, group.field, titles[0].casefold())
    texts = draw.choice(((text, text), (text, text), (text, _cut(draw, text)), (text, ""), ("", "")))
    placed = _placed(draw, shape, report(group, titles[0], texts[0]))
    other = replace(placed, title=titles[1], abstract=(Section("", texts[1]),) if texts[1] else ())
    if shape == "ahead of print and printed":
        other = replace(other, volume="", issue="", pages="", year=group.year - draw.randint(0, 1), status="aheadofprint")
    return _with_doi(draw, placed, other)


def _cut(draw: Random, text: str) -> str:
    return text[: len(text) * draw.randint(50, 90) // 100] + draw.choice(("...", " (ABSTRACT TRUNCATED AT 250 WORDS)", ""))


def _with_doi(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    """Few pairs share a DOI, so that the rules are tried and not the identifier."""
    doi, chance = f"10.5555/{draw.getrandbits(40):x}", draw.random()
    if chance < 0.1:
        return replace(a, doi=doi), replace(b, doi=doi)
    return (replace(a, doi=doi), b) if chance < 0.4 else (a, b)


def _placed(draw: Random, shape: str, one: Citation) -> Citation:
    volume, issue, first = str(draw.randint(2, 130)), str(draw.randint(1, 12)), draw.randint(110, 1_400)
    if shape == "sparse rows":
        return one
    if shape == "article numbers":
        return replace(one, volume=volume, issue=issue, pages=f"e{draw.randint(10_000, 99_999)}")
    if shape == "meeting abstract":
        return replace(one, volume=volume, issue="Suppl 1", pages=f"{draw.choice('SAP')}{first}")
    return replace(one, volume=volume, issue=issue, pages=f"{first}-{first + draw.randint(3, 9)}")


def _exported(draw: Random, group: Group, a: Citation, b: Citation, change: Change | None) -> tuple[Entry, Entry]:
    sources = draw.sample(("embase", "scopus", "wos", "cinahl"), 2)
    first, second = (as_exported(draw, source, one, group.journal) for source, one in zip(sources, (a, b), strict=True))
    return entry(draw, sources[0], first), entry(draw, sources[1], change(draw, second, group) if change else second)


def _registrations(each: int, seed: int) -> Iterator[Pair]:
    """One registration in the register's own export and in CENTRAL, under its brief and its official title: one number."""
    draw = Random(f"{seed} registrations")
    for turn in range(each):
        group = research_group(draw, 14_500 + turn % 90)
        number = f"NCT{draw.randint(1_000_000, 6_999_999):08}"
        own = Citation(
            title=group.field.fill("{drug} in {disease}"),
            year=group.year,
            journal="ClinicalTrials.gov",
            publication_types=("Trial registry record",),
            registry_numbers=(number,),
        )
        official = group.field.fill(draw.choice(PLAIN)) if turn % 2 else own.title
        central = replace(own, title=official, authors=(Author(number, collective=True),), journal="", year=group.year + turn % 3)
        yield Pair(
            Truth.DUPLICATES, "registration in CENTRAL too", "registers", entry(draw, "wos", own), entry(draw, "embase", central)
        )
