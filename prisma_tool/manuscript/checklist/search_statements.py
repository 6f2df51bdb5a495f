"""What the data say of the items about searching: PRISMA 2020 items 6 and 7, and PRISMA-S.

Pure. Invariant: a day of import is never given as the day of a search, and a source without a kept strategy is named as such. That
something was not done is never claimed: here it is only not recorded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prisma_tool.flow.flow import Count, Lines
from prisma_tool.manuscript.checklist.facts import ChecklistFacts
from prisma_tool.manuscript.checklist.statement import Statement, listed, were
from prisma_tool.manuscript.search_appendix.data import ReportedRun, Search
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import SourceKind

SEARCH = "prisma-tool report search"
FLOW = "prisma-tool flow"


@dataclass(frozen=True, slots=True)
class SearchedSource:
    """A source as the checklist speaks of it: by a search of the protocol, or by imported files; the days of all runs, oldest first."""

    name: str
    kind: str
    platform: str
    fetched: bool
    days: tuple[str, ...]

    @property
    def words(self) -> str:
        """The source with its last day."""
        if not self.days:
            return f"{self.name} (no search of it was completed)"
        if self.fetched:
            return f"{self.name}, last searched on {self.days[-1]}"
        return f"{self.name}, imported on {self.days[-1]} (the day of the search itself is not recorded here)"


def searched_sources(facts: ChecklistFacts) -> list[SearchedSource]:
    """The sources in the order of the appendix."""
    fetched = [
        SearchedSource(one_line(search.source), search.kind, search.platform, fetched=True, days=_days(facts, search.complete))
        for search in _searches(facts)
    ]
    return [*fetched, *_imported(facts)]


def _imported(facts: ChecklistFacts) -> Iterator[SearchedSource]:
    files = [file for file in facts.appendix.files if _known(facts, file.run.started)]
    for source in dict.fromkeys(file.source for file in files):
        mine = [file for file in files if file.source == source]
        platform = ", ".join(dict.fromkeys(one_line(file.platform) for file in mine if file.platform))
        yield SearchedSource(
            one_line(source), mine[0].kind, platform, fetched=False, days=_days(facts, tuple(file.run for file in mine))
        )


def _searches(facts: ChecklistFacts) -> list[Search]:
    return [search for search in facts.appendix.searches if any(_known(facts, run.started) for run in search.runs)]


def _days(facts: ChecklistFacts, runs: tuple[ReportedRun, ...]) -> tuple[str, ...]:
    return tuple(f"{run.started:%Y-%m-%d}" for run in runs if _known(facts, run.started))


def _known(facts: ChecklistFacts, moment: datetime) -> bool:
    return facts.until is None or moment <= facts.until


def sources(facts: ChecklistFacts) -> Statement | None:
    """Every source with its last day."""
    known = searched_sources(facts)
    if not known:
        return None
    return Statement(f"{'; '.join(source.words for source in known)}.", SEARCH, all(one.fetched and one.days for one in known))


def strategies(facts: ChecklistFacts) -> Statement | None:
    """Of which sources the strategy is kept."""
    known = searched_sources(facts)
    kept = list(dict.fromkeys(source.name for source in known if source.fetched))
    missing = [source.name for source in known if not source.fetched]
    parts = (
        [
            f"The {'strategy' if len(kept) == 1 else 'strategies'} of {listed(kept)} {'stands' if len(kept) == 1 else 'stand'} letter by letter in the search appendix."
        ]
        if kept
        else []
    )
    parts += [f"Of {listed(missing)} no strategy is kept here."] if missing else []
    return Statement(" ".join(parts), SEARCH, not missing) if parts else None


def one_strategy(facts: ChecklistFacts) -> Statement | None:
    """The same, for an item that asks for one."""
    kept = list(dict.fromkeys(source.name for source in searched_sources(facts) if source.fetched))
    return (
        Statement(f"The full strategy of {listed(kept)} stands in the search appendix.", SEARCH, complete=True) if kept else None
    )


def _of_kind(facts: ChecklistFacts, *kinds: SourceKind) -> list[SearchedSource]:
    return [source for source in searched_sources(facts) if source.kind in kinds]


def databases(facts: ChecklistFacts) -> Statement | None:
    """The databases with their platforms."""
    known = _of_kind(facts, SourceKind.DATABASE)
    words = [f"{source.name} ({source.platform or 'platform not recorded'})" for source in known]
    return Statement(f"{'; '.join(words)}.", SEARCH, all(source.platform for source in known)) if known else None


def registers(facts: ChecklistFacts) -> Statement | None:
    """The registers."""
    known = _of_kind(facts, SourceKind.REGISTER)
    return Statement(f"{listed([source.name for source in known])}.", SEARCH, complete=True) if known else None


def online(facts: ChecklistFacts) -> Statement | None:
    """Websites and organisations that records came from; how they were browsed, nobody can see."""
    return _came_from(_of_kind(facts, SourceKind.WEBSITE, SourceKind.ORGANISATION))


def citations(facts: ChecklistFacts) -> Statement | None:
    """Citation searches that records came from."""
    return _came_from(_of_kind(facts, SourceKind.CITATION))


def other(facts: ChecklistFacts) -> Statement | None:
    """Further ways that records came by."""
    return _came_from(_of_kind(facts, SourceKind.OTHER))


def _came_from(known: list[SearchedSource]) -> Statement | None:
    return Statement(f"Records came from {listed([source.name for source in known])}.", SEARCH) if known else None


def limits(facts: ChecklistFacts) -> Statement | None:
    """The limits that stand in the kept strategies."""
    parts = [_limits_of(search) for search in _searches(facts)]
    unknown = [source for source in searched_sources(facts) if not source.fetched]
    found_none = not any(strategy.limits for search in _searches(facts) for strategy in search.strategies[-1:])
    return Statement(" ".join(parts), SEARCH, found_none and not unknown) if parts else None


def _limits_of(search: Search) -> str:
    stated = [f"{limit.kind}: {one_line(limit.text)}" for strategy in search.strategies[-1:] for limit in strategy.limits]
    name = one_line(search.name)
    return (
        f"In the strategy {name} stand {'; '.join(stated)}." if stated else f"In the strategy {name} stands no limit or filter."
    )


def updates(facts: ChecklistFacts) -> Statement | None:
    """Reruns of searches, and repeated imports."""
    again = [source for source in searched_sources(facts) if len(source.days) > 1]
    words = [
        f"{source.name}: {'searched' if source.fetched else 'imported'} again on {', '.join(source.days[1:])}" for source in again
    ]
    if not facts.appendix.searches and not facts.appendix.files:
        return None
    return Statement(f"{'; '.join(words)}.", SEARCH, complete=True) if words else Statement("No rerun is recorded here.", SEARCH)


def peer_review(facts: ChecklistFacts) -> Statement | None:
    """Reviews of the strategies that were kept under the headings of PRESS."""
    latest = [(search, search.strategies[-1]) for search in _searches(facts) if search.strategies]
    reviewed = [(search, strategy) for search, strategy in latest if any(_known(facts, one.at) for one in strategy.reviewed)]
    if not reviewed:
        return None
    words = [f"{one_line(search.name)} by {_by(strategy.reviewed)}" for search, strategy in reviewed]
    return Statement(
        f"Peer review under the headings of PRESS 2015 is kept for {listed(words)}.", SEARCH, len(reviewed) == len(latest)
    )


def _by(answers: tuple[object, ...]) -> str:
    names = dict.fromkeys(one_line(str(getattr(answer, "by", ""))) for answer in answers)
    return listed([name or "somebody not named" for name in names])


def totals(facts: ChecklistFacts) -> Statement | None:
    """Records of each source, as the figure counts them."""
    flow = facts.flow
    boxes: tuple[tuple[str, Count | None, Lines], ...] = (
        ("databases", flow.database_results, flow.database_specific_results),
        ("registers", flow.register_results, flow.register_specific_results),
        ("websites", flow.website_results, {}),
        ("organisations", flow.organisation_results, {}),
        ("citation searching", flow.citations_results, {}),
    )
    words = [_box_words(name, box, lines) for name, box, lines in boxes if box is not None]
    words += [f"{one_line(label)} {line.n:,}" for label, line in flow.other_specific_results.items()]
    return Statement(f"Records identified: {'; '.join(words)}.", FLOW, complete=True) if words else None


def _box_words(name: str, box: Count, lines: Lines) -> str:
    parts = ", ".join(f"{one_line(label)} {line.n:,}" for label, line in lines.items())
    return f"{name} {box.n:,}{f' ({parts})' if parts else ''}"


def duplicates(facts: ChecklistFacts) -> Statement | None:
    """How many duplicates were removed, and by what."""
    done = facts.appendix.deduplication
    passes = [one for one in done.passes if _known(facts, one.at)]
    if not passes and not done.by_hand:
        return None
    versions = list(dict.fromkeys(one_line(one.tool_version) for one in passes))
    by = f" Records were compared by prisma-tool ({listed(versions)}); the rules stand in the search appendix." if passes else ""
    hand = " Pairs were also judged by hand." if done.by_hand else ""
    n = facts.flow.duplicates.n
    return Statement(f"{counted(n, 'duplicate record')} {were(n)} removed.{by}{hand}", SEARCH, complete=True)
