"""What waits, the next sensible action first, then what a person should look at: each with where Enter leads. Pure.

Invariant: every line leads somewhere; its number is that of the place or the list it leads to.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from textual.content import Content

from prisma_tool.history.overview import Overview, Step
from prisma_tool.identify.citations.question import command_again
from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.text_columns import fitted
from prisma_tool.updates.changes_since_decision import OpenItems

_KEY_WIDTH = 6


@dataclass(frozen=True, slots=True)
class JoinsToLookAt:
    """Joined pairs that are least certain and that the reviewer has not seen yet; `until` is when the newest came to be (`Event.order`)."""

    least_certain: int
    by_earlier_rules: int
    until: int


NO_JOINS = JoinsToLookAt(0, 0, 0)


@dataclass(frozen=True, slots=True)
class ListedWarning:
    """Records that somebody should look at, and acknowledge: what is said of one of them and of several."""

    keys: tuple[str, ...]
    one: str
    several: str

    @property
    def words(self) -> str:
        """The sentence with their number."""
        return f"{len(self.keys):,} {self.one if len(self.keys) == 1 else self.several}"

    def among(self, waiting: Container[str]) -> ListedWarning:
        """Those that still wait."""
        return replace(self, keys=tuple(key for key in self.keys if key in waiting))


@dataclass(frozen=True, slots=True)
class ToDo:
    """One line. Enter goes to `place`, by its key as well, or lists what it warns of; `is_warning` where something is amiss."""

    words: str
    key: str
    place: str = ""
    listed: ListedWarning | None = None
    is_warning: bool = False


def to_do(overview: Overview, joins: JoinsToLookAt = NO_JOINS) -> tuple[ToDo, ...]:
    """All lines; where nothing waits, the figure is next."""
    work = list(_work(overview))
    first = [item for item in work if item.place == overview.next_step]
    others = [item for item in work if item not in first]
    done = [] if work else [ToDo("Nothing waits: look at the flow diagram", "8", Step.FLOW)]
    return (*first, *done, *others, *_warnings(overview), *_joins(joins))


def _work(overview: Overview) -> Iterator[ToDo]:
    yield from _identifying(overview)
    yield from _deciding(overview)


def _identifying(overview: Overview) -> Iterator[ToDo]:
    open_items = overview.open_items
    if overview.searches and not overview.records:
        yield ToDo("Run the searches", "2", Step.SEARCH)
    yield from _searches_to_finish(open_items)
    if not overview.records:
        yield ToDo("Import the files that databases exported, or write a search (9)", "+", Step.IMPORT)
    if overview.waiting_for_comparison:
        yield ToDo(f"Look for duplicates among {counted(overview.waiting_for_comparison, 'new record')}", "3", Step.DUPLICATES)
    if overview.uncertain_pairs:
        yield ToDo(f"Settle {counted(overview.uncertain_pairs, 'pair')} that may be duplicates", "3", Step.DUPLICATES)


def _searches_to_finish(open_items: OpenItems) -> Iterator[ToDo]:
    """Searches of the protocol are gone on with at Sources; a citation search by the command that ran it."""
    unfinished = [state for state in open_items.unfinished if state.search != CITATION_SEARCH]
    if unfinished:
        sentences = ("search is not complete: go on with it", "searches are not complete: go on with them")
        yield _warned(len(unfinished), *sentences, "2", Step.SEARCH)
    for state in open_items.unfinished:
        if state.search == CITATION_SEARCH:
            command = one_line(command_again(state.search, state.service))
            yield ToDo(f"A citation search is not complete: `{command}` goes on with it", "2", Step.SEARCH, is_warning=True)
    lacking = [state for state in open_items.undelivered if state.search != CITATION_SEARCH]
    if lacking:
        sentences = (
            "search lacks records that its source reported: ask again",
            "searches lack records that their sources reported: ask again",
        )
        yield _warned(len(lacking), *sentences, "2", Step.SEARCH)
    not_given = sum(len(state.undelivered) for state in open_items.undelivered if state.search == CITATION_SEARCH)
    if not_given:
        sentences = (
            "work is named by a citation index that does not give it: `prisma-tool status --attention` lists it",
            "works are named by citation indexes that do not give them: `prisma-tool status --attention` lists them",
        )
        yield _warned(not_given, *sentences, "2", Step.SEARCH)


def _deciding(overview: Overview) -> Iterator[ToDo]:
    mine = overview.mine
    if overview.to_screen:
        total = overview.unique - overview.removed
        words = (
            f"Screen {overview.to_screen:,} of {counted(total, 'title')}{_whose(mine[Stage.TITLE_ABSTRACT], overview.to_screen)}"
        )
        yield ToDo(words, "4", Step.TITLE_ABSTRACT)
    if overview.conflicts:
        yield ToDo(f"Settle {counted(overview.conflicts, 'conflict')} between reviewers", "S", Step.CONFLICTS, is_warning=True)
    waiting = overview.seeking + overview.to_assess
    if waiting:
        yield ToDo(f"{_texts(overview)}{_whose(mine[Stage.FULL_TEXT], waiting)}", "5", Step.FULL_TEXT)
    if overview.unlinked:
        yield ToDo(
            f"See which of {counted(overview.unlinked, 'included report')} without a study belong to one", "6", Step.STUDIES
        )


def _warned(n: int, one: str, several: str, key: str, place: str) -> ToDo:
    return ToDo(f"{n:,} {one if n == 1 else several}", key, place, is_warning=True)


def _texts(overview: Overview) -> str:
    parts = [f"retrieve {counted(overview.seeking, 'full text')}"] if overview.seeking else []
    parts += [f"assess {counted(overview.to_assess, 'full text')}"] if overview.to_assess else []
    return " and ".join(parts).capitalize()


def _whose(mine: int, everybody: int) -> str:
    """How much of what waits is the reviewer's; nothing where all of it is."""
    if mine == everybody:
        return ""
    return f", {mine:,} by you" if mine else ", all by others"


def _warnings(overview: Overview) -> Iterator[ToDo]:
    open_items = overview.open_items
    lists = (
        (
            [key for key, _ in open_items.late_duplicates],
            "record joined a report after it was decided: look whether rightly",
            "records joined reports after these were decided: look whether rightly",
        ),
        (
            [one.key for one in open_items.superseded_corrections],
            "corrected field was changed by its source",
            "corrected fields were changed by their sources",
        ),
        (
            open_items.reopening,
            "closed report is described by a new record: deciding on it reopens it",
            "closed reports are described by new records: deciding reopens them",
        ),
    )
    if open_items.changes:
        yield _warned(
            len(open_items.changes),
            "decided record has changed since: see how",
            "decided records have changed since: see how",
            "2 !",
            Step.SEARCH,
        )
    for keys, one, several in lists:
        if keys:
            listed = ListedWarning(tuple(dict.fromkeys(keys)), one, several)
            yield ToDo(listed.words, "", listed=listed, is_warning=True)
    if open_items.future_events:
        sentences = (
            "event lies in the future by this computer's clock: check it",
            "events lie in the future by this computer's clock: check it",
        )
        yield _warned(len(open_items.future_events), *sentences, "0", "activity")


def waiting_keys(open_items: OpenItems) -> frozenset[str]:
    """The records of all lists that are warned of."""
    late, corrected = (key for key, _ in open_items.late_duplicates), (one.key for one in open_items.superseded_corrections)
    return frozenset((*late, *corrected, *open_items.reopening))


def _joins(joins: JoinsToLookAt) -> Iterator[ToDo]:
    n = joins.least_certain
    if n:
        earlier = f", {joins.by_earlier_rules:,} of them by earlier rules" if joins.by_earlier_rules else ""
        sentence = f"{counted(n, 'joined pair')} {'is' if n == 1 else 'are'} least certain{earlier} (x puts this away)"
        yield ToDo(sentence, "3 Tab", Step.DUPLICATES)


def to_do_lines(items: Sequence[ToDo], marked: int, width: int) -> list[tuple[int, Content]]:
    """The lines, each with the place of its item: the marked one shown, the key at the end, long ones over several lines."""
    return [(place, line) for place, item in enumerate(items) for line in _item(item, width, is_marked=place == marked)]


def _item(item: ToDo, width: int, *, is_marked: bool) -> Iterator[Content]:
    sign = "▸" if is_marked else "!" if item.is_warning else "·"
    style = "bold $text-warning" if item.is_warning else "bold" if is_marked else ""
    first, *rest = wrap(item.words, max(20, width - _KEY_WIDTH - 3)) or [""]
    key = f"{item.key or 'Enter':>{_KEY_WIDTH}}"
    yield Content.assemble((fitted(f"{sign} {first}", width - _KEY_WIDTH), style), (key, QUIET))
    yield from (Content.styled(f"  {line}", style) for line in rest)
