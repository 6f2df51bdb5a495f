"""Siblings under one title, or nearly: what tells them apart is the issue, the year, the kind of the report or its number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from random import Random

from msgspec.structs import replace

from generated_siblings.exchanged_words import EXCHANGED_WORDS
from generated_siblings.pairs import Pair, Truth, abstract_text, as_exported, bare_rows, entry, report
from generated_siblings.words import Group, research_group
from prisma_tool.model.record.citation import Author, Citation

_Made = tuple[Citation, Citation]

_TITLES = (
    "{drug} against {other} in {people} with {disease}: a randomised trial",
    "Effect of {procedure} on {outcome} in {disease}",
    "Predictors of {outcome} among {people} with {disease}",
    "{procedure} for {disease}",
)
_COLUMNS = (
    "Case of the month",
    "Clinical pearls",
    "What is new in {disease}",
    "Journal club",
    "From the editor's desk",
    "Images in {disease}",
)
_GENERIC = (
    "Editorial",
    "Letter to the editor",
    "Introduction",
    "Foreword",
    "In this issue",
    "Author's reply",
    "Book review",
    "Reply",
    "Commentary",
)
_NOTICES = (
    "Erratum: {}",
    "Correction to: {}",
    "Corrigendum to '{}'",
    "{} (vol 12, pg 101, 2011)",
    "{}: authors' reply",
    "Reply to: {}",
    "Reply to '{}'",
    "Comment on: {}",
    "Comment on '{}'",
    "Re: {}",
    "Retraction: {}",
    "Retraction notice to '{}'",
    "Expression of concern: {}",
    "Response to letter regarding article, '{}'",
    "Editorial comment on '{}'",
    "Invited commentary: {}",
)


def _titled(draw: Random, group: Group) -> str:
    return group.field.fill(draw.choice(_TITLES))


def _pages(draw: Random, length: int | None = None) -> str:
    first = draw.randint(2, 1_400)
    return f"{first}-{first + (length or draw.randint(3, 12))}"


def _column(draw: Random, group: Group) -> _Made:
    """Two issues of one volume hold two columns. Each issue may count its pages anew, so that both stand on one."""
    column = report(group, group.field.fill(draw.choice(_COLUMNS)))
    volume, issue, page = str(draw.randint(2, 90)), draw.randint(1, 11), _pages(draw, 2)
    other = draw.choice((page, "", _pages(draw, 2)))
    return (
        replace(column, volume=volume, issue=str(issue), pages=page if other else ""),
        replace(column, volume=volume, issue=str(issue + 1), pages=other),
    )


def _generic(draw: Random, group: Group) -> _Made:
    """The title says nothing; issue or volume and year say that they are two."""
    a, b = _column(draw, group)
    title = draw.choice(_GENERIC)
    if draw.random() < 0.5:
        b = replace(b, volume=str(int(a.volume) + 1), year=group.year + 1, issue=a.issue)
    return replace(a, title=title), replace(b, title=title)


def _generic_with_abstracts(draw: Random, group: Group) -> _Made:
    """The title says nothing, and the two texts are wholly other ones."""
    title = draw.choice(_GENERIC)
    a, b = (report(group, title, abstract_text(draw, group.field, _titled(draw, group).casefold())) for _ in range(2))
    return a, replace(b, issue=draw.choice(("", "3")))


def _others(draw: Random, group: Group) -> tuple[Author, ...]:
    """Authors of whom none has a family name of the group's."""
    ours = {author.family for author in group.authors}
    return tuple(author for author in research_group(draw, draw.randint(8_000, 9_000)).authors if author.family not in ours)


def _replies(draw: Random, group: Group) -> _Made:
    """Other people's letters of one issue, on one page."""
    a = report(group, draw.choice(_GENERIC))
    a = replace(a, volume=str(draw.randint(2, 90)), issue="4", pages=str(draw.randint(2, 900)))
    return a, replace(a, authors=_others(draw, group))


def _namesakes(draw: Random, group: Group) -> _Made:
    """The title says nothing, and the authors have other family names; that they share a given name makes them no one else."""
    a = report(group, group.field.fill(draw.choice((*_GENERIC, *_COLUMNS))))
    a, b = replace(a, authors=a.authors[:1]), replace(a, authors=_others(draw, group)[: draw.randint(1, 3)])
    return a, replace(b, authors=(*b.authors[:-1], replace(b.authors[-1], given=a.authors[0].given)))


def _notice(draw: Random, group: Group) -> _Made:
    """The words before or after the title say that the one is about the other; it stands elsewhere in the journal or nowhere yet."""
    title = _titled(draw, group)
    paper = report(group, title, abstract_text(draw, group.field, title.casefold()))
    notice = report(group, draw.choice(_NOTICES).format(title))
    volume = str(draw.randint(2, 90))
    places = draw.choice(((_pages(draw), _pages(draw, 1)), ("", ""), (_pages(draw), "")))
    return (
        replace(paper, volume=volume if places[0] else "", issue="2" if places[0] else "", pages=places[0]),
        replace(notice, volume=volume if places[1] else "", issue="5" if places[1] else "", pages=places[1]),
    )


def _next_year(draw: Random, group: Group) -> _Made:
    """A meeting abstract given again a year later: another volume, another page."""
    title, volume, prefix = _titled(draw, group), draw.randint(2, 90), draw.choice("SAP")
    a = report(group, title, abstract_text(draw, group.field, title.casefold()))
    first, second = draw.sample(range(1, 900), 2)
    return (
        replace(a, volume=str(volume), issue="Suppl 1", pages=f"{prefix}{first}"),
        replace(a, volume=str(volume + 1), issue="Suppl 1", pages=f"{prefix}{second}", year=group.year + 1),
    )


def _abstract_and_article(draw: Random, group: Group) -> _Made:
    """A meeting abstract, and the article in another journal a year or two later."""
    title = _titled(draw, group)
    a = report(group, title, abstract_text(draw, group.field, title.casefold()))
    b = report(group, title, abstract_text(draw, group.field, title.casefold()))
    return (
        replace(a, journal="World Congress Abstracts", volume="18", issue="Suppl 2", pages=f"S{draw.randint(2, 400)}"),
        replace(b, volume=str(draw.randint(30, 90)), issue="7", pages=_pages(draw), year=group.year + draw.randint(1, 3)),
    )


def _updated_review(draw: Random, group: Group) -> _Made:
    """The Cochrane Library keeps the article number when a review is updated years later."""
    number = f"CD{draw.randint(1_000, 15_000):06}"
    a = replace(report(group, group.field.fill("{drug} for {disease}")), journal="Cochrane Database of Systematic Reviews")
    later = replace(a, year=group.year + draw.randint(3, 8), issue="11", pages=number)
    return replace(a, issue="4", pages=number), later


def _two_of_one_volume(draw: Random, group: Group) -> _Made:
    """Two papers of one volume and two issues; that a title is translated does not make them one."""
    titles = draw.sample(_TITLES, 2)
    volume = str(draw.randint(2, 90))
    a, b = (replace(report(group, group.field.fill(title)), volume=volume) for title in titles)
    pages = draw.choice((("", ""), ("1-6", "1-9")))
    return replace(a, issue="1", pages=pages[0]), replace(
        b, issue="2", pages=pages[1], title=f"[{b.title}]", languages=("German",)
    )


def _under_one_doi(draw: Random, group: Group) -> _Made:
    """Meeting abstracts that all bear the DOI of their supplement; the titles exchange a word of content."""
    kind = draw.choice(EXCHANGED_WORDS)
    template, doi, page = draw.choice(kind.titles), f"10.5555/suppl.{draw.getrandbits(32):x}", f"S{draw.randint(1, 400)}"
    a, b = (
        replace(report(group, group.field.fill(template, word)), volume="41", issue="Suppl 1", pages=page, doi=doi)
        for word in draw.choice(kind.words)
    )
    return a, draw.choice((b, replace(b, pages="")))


def _other_registration_numbers(draw: Random, group: Group) -> _Made:
    """Two trials under one title: each article gives its own registration number and its own results."""
    a, b = _other_results(draw, group)
    return replace(a, registry_numbers=(_nct(draw),)), replace(b, registry_numbers=(_nct(draw),))


def _other_results(draw: Random, group: Group) -> _Made:
    """One title given to two meetings' abstracts: other participants, other results in every number."""
    title = _titled(draw, group)
    a, b = (report(group, title, abstract_text(draw, group.field, title.casefold())) for _ in range(2))
    return a, b


# --- registers ---------------------------------------------------------------------------------------------------------------


def _nct(draw: Random) -> str:
    return f"NCT{draw.randint(1_000_000, 6_999_999):08}"


def _eudract(draw: Random) -> str:
    return f"20{draw.randint(10, 22)}-{draw.randint(0, 5_999):06}-{draw.randint(10, 99)}"


def _registration(group: Group, title: str, number: str, register: str) -> Citation:
    """An entry of a register as databases carry it."""
    return Citation(
        title=title,
        authors=(Author(number, collective=True),),
        year=group.year,
        journal=register,
        publication_types=("Trial registry record",),
        registry_numbers=(number,),
    )


def _two_registers(draw: Random, group: Group) -> _Made:
    """A trial registered twice has two registrations, each with its number."""
    title = _titled(draw, group)
    return (
        _registration(group, title, _nct(draw), "ClinicalTrials.gov"),
        _registration(group, title, _eudract(draw), "EU Clinical Trials Register"),
    )


def _sibling_trials(draw: Random, group: Group) -> _Made:
    """Two trials of one programme: another number each."""
    title = _titled(draw, group)
    other = draw.choice((title, f"{title} 2", f"{title} (extension)", title.replace("randomised", "long-term")))
    return (
        _registration(group, title, _nct(draw), "ClinicalTrials.gov"),
        _registration(group, other, _nct(draw), "ClinicalTrials.gov"),
    )


def _registration_and_article(draw: Random, group: Group) -> _Made:
    """The registration announces the study whose article cites its number."""
    title, number = _titled(draw, group), _nct(draw)
    article = report(group, title, abstract_text(draw, group.field, title.casefold()))
    article = replace(article, volume=str(draw.randint(2, 90)), issue="3", pages=_pages(draw))
    registered = _registration(group, title, number, "ClinicalTrials.gov")
    authors = draw.choice((registered.authors, group.authors, ()))
    return replace(registered, authors=authors), replace(article, registry_numbers=draw.choice(((number,), ())))


@dataclass(frozen=True, slots=True)
class PlaceKind:
    """A kind of siblings by its name, with what makes a pair; why it is certain stands at the maker."""

    name: str
    shape: str
    make: Callable[[Random, Group], _Made]


PLACE_KINDS = (
    PlaceKind("monthly column in another issue", "two issues", _column),
    PlaceKind("generic title in another issue", "two issues", _generic),
    PlaceKind("generic title with another abstract", "ahead of print", _generic_with_abstracts),
    PlaceKind("letters of one page by others", "one page", _replies),
    PlaceKind("generic title by others with a given name in common", "sparse rows", _namesakes),
    PlaceKind("erratum, reply or comment beside its paper", "printed or ahead", _notice),
    PlaceKind("meeting abstract again next year", "two supplements", _next_year),
    PlaceKind("meeting abstract and later article", "supplement and journal", _abstract_and_article),
    PlaceKind("review and its update under one number", "article number", _updated_review),
    PlaceKind("two papers of one volume, one translated", "two issues", _two_of_one_volume),
    PlaceKind("one title, other numbers in the abstract", "ahead of print", _other_results),
    PlaceKind("one title, other registration numbers", "ahead of print", _other_registration_numbers),
    PlaceKind("meeting abstracts under the supplement's DOI", "one page", _under_one_doi),
    PlaceKind("one trial in two registers", "registers", _two_registers),
    PlaceKind("registrations of sibling trials", "registers", _sibling_trials),
    PlaceKind("registration and article", "register and journal", _registration_and_article),
)


def siblings_by_place(each: int, seed: int) -> Iterator[Pair]:
    """`each` pairs of every kind, half of them in one source and half across two."""
    numbers = count(10_000 + seed % 97)
    for kind in PLACE_KINDS:
        draw = Random(f"{seed} {kind.name}")
        for turn in range(each):
            group = research_group(draw, next(numbers))
            a, b = kind.make(draw, group)
            sources = ("embase", "embase") if turn % 2 else ("wos", "cinahl")
            first, second = (
                entry(draw, source, as_exported(draw, source, citation, group.journal))
                for source, citation in zip(sources, (a, b), strict=True)
            )
            # Without its number a registration is none.
            rows = () if a.is_register_entry else bare_rows(draw, a, b)
            yield Pair(Truth.SIBLINGS, kind.name, kind.shape, first, second, rows)
