"""The sixteen items of PRISMA-S, each with what the review's data say of it, the authors' kept answer, and what is still open.

Pure. Cues in our words; Rethlefsen ML et al. Syst Rev 2021;10:39. Invariant: a sentence says what was recorded or declared; what neither
shows is a question, which an answer in review.toml closes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass

from prisma_tool.manuscript.search_appendix.data import Appendix, ReportedDeclaration, Search, VersionSearches
from prisma_tool.manuscript.search_appendix.limits import PUBLICATION_TYPE, SUBSET, Limit
from prisma_tool.manuscript.search_appendix.sources import FROM_SEEDS, ReportedSource, as_sentence, reported_sources
from prisma_tool.manuscript.search_appendix.updates import rerun_sentences
from prisma_tool.manuscript.words import day, spelt_days
from prisma_tool.model.text import counted
from prisma_tool.model.vocabulary import SourceKind

FILTER_KINDS = (SUBSET, PUBLICATION_TYPE)
"""Limits that may be a methodological filter, or a part of one."""
_BROWSED = (SourceKind.WEBSITE, SourceKind.ORGANISATION)


@dataclass(frozen=True, slots=True)
class Item:
    """An item: its number, what it is about, sentences from the data, and a question where they do not say enough."""

    number: str
    about: str
    sentences: tuple[str, ...]
    question: str = ""
    answer: str = ""

    @property
    def is_open(self) -> bool:
        """True where something is asked that nobody has answered."""
        return bool(self.question) and not self.answer


def items(appendix: Appendix) -> tuple[Item, ...]:
    """All sixteen, in their order."""
    return tuple(
        Item(str(number), about, tuple(sentences), question, appendix.answers.get(str(number), ""))
        for number, (about, fill) in enumerate(_ITEMS, start=1)
        for sentences, question in [fill(appendix)]
    )


_Filled = tuple[list[str], str]
"""Sentences, and the question that remains, or empty."""


def _databases(appendix: Appendix) -> _Filled:
    sources = _of_kinds(appendix, SourceKind.DATABASE)
    if not sources:
        return ["No database is among the sources that are recorded here."], "Was any database searched?"
    return [_listed(sources)], _platform_question(sources)


def _multi_database(appendix: Appendix) -> _Filled:
    sources = _of_kinds(appendix, SourceKind.DATABASE, SourceKind.REGISTER)
    by_platform: dict[str, dict[str, list[ReportedSource]]] = {}
    for one in sources:
        by_platform.setdefault(one.platform, {}).setdefault(one.source, []).append(one)
    shared = {name: by_source for name, by_source in by_platform.items() if name and len(by_source) > 1}
    if shared:
        # Searches that are declared one by one were done one by one; of loose files nobody knows.
        loose = any(one.is_loose for by_source in shared.values() for searches in by_source.values() for one in searches)
        own = "" if loose else ", each by a search of its own"
        sentences = [f"On {name}: {_and(by_source)}{own}." for name, by_source in shared.items()]
        return sentences, "Were these databases searched together, with one strategy?" if loose else ""
    if "" in by_platform:
        return [], "Were databases searched together on one platform? Not every platform is known."
    return ["No two of the databases were searched on one platform."], ""


def _registers(appendix: Appendix) -> _Filled:
    sources = _of_kinds(appendix, SourceKind.REGISTER)
    if not sources:
        return ["No study register is among the sources that are recorded here."], "Was any study register searched?"
    return [_listed(sources)], _platform_question(sources)


def _browsing(appendix: Appendix) -> _Filled:
    return _by_how(appendix, _BROWSED, "Which websites, conference proceedings or journals were browsed, where and how?")


def _citations(appendix: Appendix) -> _Filled:
    asked = "Were cited or citing references searched, from which reports, and with which tool?"
    sentences, question = _by_how(appendix, (SourceKind.CITATION,), asked)
    sentences += [_citation_sentence(search) for search in appendix.searches if search.is_citation and search.complete]
    led = {file.found_in for file in appendix.files if file.found_in}
    n = sum(bool(file.found_in) for file in appendix.files)
    if led:
        sentences.append(
            f"{counted(n, 'report was', 'reports were')} added that {counted(len(led), 'other report', 'other reports')} led to."
        )
    return sentences, question


def _citation_sentence(search: Search) -> str:
    what, _, _ = search.complete[-1].query.partition("\n")
    wordings = len({run.query for run in search.complete})
    several = f"Citation searches of {wordings} wordings were run, the last: " if wordings > 1 else ""
    return f"{several}{what}, last on {day(search.complete[-1].started)}; seeds and indexes are listed in the search appendix."


def _contacts(_: Appendix) -> _Filled:
    return [], "Were authors, experts or manufacturers asked for further studies or data?"


def _other_methods(appendix: Appendix) -> _Filled:
    return _by_how(appendix, (SourceKind.OTHER,), "Was any other source or method used?")


def _strategies(appendix: Appendix) -> _Filled:
    given = [
        *(search.name for search in appendix.searches if not search.is_citation),
        *(one.name for one in appendix.declared if one.strategies),
    ]
    sentences = [f"The strategies of {_and(given)} are given letter by letter in the search appendix."] if given else []
    translated = [f"{one.name} is a translation of {one.translated_from}." for one in appendix.declared if one.translated_from]
    missing = _named([one for one in reported_sources(appendix) if not one.has_strategy and not one.how])
    question = f"What was the strategy of {_and(missing)}? ([[search]] with strategy, strategy_file or how)" if missing else ""
    problems = [one.problem for one in appendix.declared if one.problem]
    return [*sentences, *translated, *problems], question


def _limits(appendix: Appendix) -> _Filled:
    limited = [(name, [one for one in limits if one.kind not in FILTER_KINDS]) for name, limits in _limits_of(appendix)]
    sentences = [_limit_sentence(name, limits) for name, limits in _limits_of(appendix)]
    unread = [one.name for one in appendix.declared if one.strategies and one.strategies[-1].limits is None]
    sentences += (
        [f"Limits were not looked for in {_and(unread)}: the syntax of the platform is not known here."] if unread else []
    )
    reasons = [f"{name}: {as_sentence(limits)}" for name, limits in _stated(appendix, "limits")]
    without = [name for name, limits in limited if limits and name not in dict(_stated(appendix, "limits"))]
    asked = [f"Why {_was(without)} {_and(without)} limited?"] if without else []
    asked += [f"Does {_and(silent)} have limits, and why?"] if (silent := _silent(appendix, unread)) else []
    without_strategy = _named([one for one in reported_sources(appendix) if not one.has_strategy and not one.how])
    asked += [f"Which limits had the search of {_and(without_strategy)}, and why?"] if without_strategy else []
    return [*sentences, *reasons], " ".join(asked)


def _silent(appendix: Appendix, unread: Iterable[str]) -> list[str]:
    """Declared searches of whose limits nobody says anything."""
    stated = dict(_stated(appendix, "limits"))
    return [name for name in unread if name not in stated]


def _limit_sentence(name: str, limits: Iterable[Limit]) -> str:
    """The limits of a strategy; where it has filters alone, that there are no others than item 10 names."""
    by_filter = [one.kind in FILTER_KINDS for one in limits]
    listed = "; ".join(f"{one.kind}: {one.text}" for one in limits if one.kind not in FILTER_KINDS)
    besides = " besides the filters of item 10" if any(by_filter) else ""
    return f"{name}: {listed}." if listed else f"{name}: no limits found in the strategy{besides}."


def _filters(appendix: Appendix) -> _Filled:
    limited = [(name, [one for one in limits if one.kind in FILTER_KINDS]) for name, limits in _limits_of(appendix)]
    sentences = [f"{name}: {'; '.join(one.text for one in limits)}." for name, limits in limited if limits]
    cited = dict(_stated(appendix, "filters"))
    sentences += [f"{name}: {as_sentence(filters)}" for name, filters in cited.items()]
    without = [name for name, limits in limited if limits and name not in cited]
    if without:
        return sentences, f"Is what restricts {_and(without)} a published filter, which, and was it modified?"
    return sentences, "" if cited else "Were published search filters used, which, and were they modified?"


def _prior_work(appendix: Appendix) -> _Filled:
    cited = [f"{name}: {as_sentence(works)}" for name, works in _stated(appendix, "prior_work")]
    return cited, "" if cited else "Were strategies of earlier reviews adapted, and of which?"


def _updates(appendix: Appendix) -> _Filled:
    return list(rerun_sentences(appendix)), ""


def _dates(appendix: Appendix) -> _Filled:
    sources = reported_sources(appendix)
    dated = [
        f"{one.source} ({one.searched_as.removeprefix('declared ')}): last searched {spelt_days(one.last)}."
        for one in sources
        if one.dated
    ]
    without = [f"{one.source} ({one.searched_as})" for one in sources if not one.dated]
    return dated, f"When {_was(without)} {_and(without)} last searched?" if without else ""


def _peer_review(appendix: Appendix) -> _Filled:
    reviewed = [search for search in appendix.searches if search.strategies and search.strategies[-1].reviewed]
    sentences = [
        f"{search.name}: reviewed under {counted(len({one.heading for one in search.strategies[-1].reviewed}), 'heading')} of PRESS."
        for search in reviewed
    ]
    sentences += [f"{name}: {as_sentence(by)}" for name, by in _stated(appendix, "peer_review")]
    return sentences, "" if sentences else "Were the strategies peer reviewed, by whom, and how (for instance with PRESS)?"


def _totals(appendix: Appendix) -> _Filled:
    several = len(appendix.by_version) > 1
    return [f"{_version_name(one, several=several)}{_total(one)}" for one in appendix.by_version], ""


def _version_name(one: VersionSearches, *, several: bool) -> str:
    return f"Version {one.label}: " if one.label else "The version under way: " if several else ""


def _total(one: VersionSearches) -> str:
    parts = ", ".join(f"{box.box} {box.n}" for box in one.identified)
    return f"{counted(one.total, 'record')} identified{f' ({parts})' if parts else ''}."


def _deduplication(appendix: Appendix) -> _Filled:
    account = appendix.deduplication
    if not account.passes and not account.by_hand:
        return ["Records have not been deduplicated."], "Were duplicates removed elsewhere, how, and with which software?"
    who = f"found by prisma-tool {account.passes[-1].tool_version}" if account.passes else "judged by people, pair by pair"
    method = " The search appendix describes how." if account.passes else ""
    return [
        f"Duplicates were {who}: {counted(account.records, 'record is', 'records are')} {counted(account.reports, 'report')}.{method}"
    ], ""


_ITEMS: tuple[tuple[str, Callable[[Appendix], _Filled]], ...] = (
    ("Database name", _databases),
    ("Multi-database searching", _multi_database),
    ("Study registries", _registers),
    ("Online resources and browsing", _browsing),
    ("Citation searching", _citations),
    ("Contacts", _contacts),
    ("Other methods", _other_methods),
    ("Full search strategies", _strategies),
    ("Limits and restrictions", _limits),
    ("Search filters", _filters),
    ("Prior work", _prior_work),
    ("Updates", _updates),
    ("Dates of searches", _dates),
    ("Peer review", _peer_review),
    ("Total records", _totals),
    ("Deduplication", _deduplication),
)


def _of_kinds(appendix: Appendix, *kinds: SourceKind) -> list[ReportedSource]:
    return [one for one in reported_sources(appendix) if one.kind in kinds]


def _listed(sources: Iterable[ReportedSource]) -> str:
    named = dict.fromkeys(f"{one.source} ({one.platform or 'platform not known'})" for one in sources)
    return f"{'; '.join(named)}."


def _platform_question(sources: Iterable[ReportedSource]) -> str:
    without = list(dict.fromkeys(one.source for one in sources if not one.platform))
    return f"On which platform {_was(without)} {_and(without)} searched? ([[search]] with platform)" if without else ""


def _by_how(appendix: Appendix, kinds: Iterable[SourceKind], question: str) -> _Filled:
    """What is stated of the sources of some kinds, or the question where nothing is."""
    sources = _of_kinds(appendix, *kinds)
    # A citation search that was run from here has a sentence of its own.
    sentences = [f"{one.source}: {_how(one)}" for one in sources if one.how != (FROM_SEEDS,)]
    without = list(dict.fromkeys(one.source for one in sources if not one.how and not one.has_strategy))
    if without:
        return sentences, f"How {_was(without)} {_and(without)} searched? ([[search]] with how)"
    return sentences, "" if sources else question


def _how(one: ReportedSource) -> str:
    seeds = f" From {counted(len(one.seeds), 'report')}: {as_sentence(one.seeds)}" if one.seeds else ""
    strategy = ["by the strategy in the search appendix"] if one.has_strategy else []
    return f"{as_sentence([*one.how, *strategy] or ['how is not recorded'])}{seeds}"


def _limits_of(appendix: Appendix) -> Iterator[tuple[str, tuple[Limit, ...]]]:
    """The limits of each strategy in use that could be read."""
    yield from ((search.name, search.strategies[-1].limits) for search in appendix.searches if not search.is_citation)
    for one in appendix.declared:
        if one.strategies and (limits := one.strategies[-1].limits) is not None:
            yield one.name, limits


def _stated(appendix: Appendix, field: str) -> list[tuple[str, tuple[str, ...]]]:
    """What people state under a key of [[search]], by search."""
    searches: list[Search | ReportedDeclaration] = [*appendix.searches, *appendix.declared]
    pairs = [(one.name, getattr(one.account, field)) for one in searches]
    return [(name, texts) for name, texts in pairs if texts]


def _named(sources: Iterable[ReportedSource]) -> list[str]:
    return [f"{one.source} ({one.searched_as})" for one in sources]


def _was(names: Collection[str]) -> str:
    return "was" if len(names) == 1 else "were"


def _and(names: Iterable[str]) -> str:
    listed = list(names)
    return listed[0] if len(listed) == 1 else f"{', '.join(listed[:-1])} and {listed[-1]}"
