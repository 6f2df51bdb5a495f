"""The places of the application: what there is, by which key one gets there, and what makes each.

A further place is one line here; bindings, the Go-to list, the command palette and the help follow. Invariant: no two places share
a key or a name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.place import PlaceScreen
from prisma_tool.tui.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `what` says what one does there; `screen` is "module:class" in `tui.screens`, imported when one first goes there.

    `prepare` reads what the screen cannot do without, so that a review that cannot be read is told before anything is drawn.
    """

    name: str
    key: str
    title: str
    what: str
    screen: str
    prepare: Callable[[Workplace], object] = lambda _: None

    def screen_class(self) -> type[PlaceScreen]:
        """The class of this place's screen."""
        return screen_class(self.screen)

    def make(self, workplace: Workplace) -> PlaceScreen:
        """A new screen for this place."""
        return self.screen_class()(workplace)


def screen_class(screen: str) -> type[PlaceScreen]:
    """The class that "module:class" in `tui.screens` names."""
    module, _, name = screen.partition(":")
    found: type[PlaceScreen] = getattr(import_module(f"prisma_tool.tui.screens.{module}"), name)
    return found


HOME = "home"
PLACES = (
    Place(HOME, "1", "Home", "Where the review stands, and what to do next", "home:HomeScreen"),
    Place("search", "2", "Search", "Run the searches, and see what they brought", "search:SearchScreen"),
    Place(
        "duplicates",
        "3",
        "Duplicates",
        "Join duplicates and settle uncertain pairs",
        "duplicates:DuplicatesScreen",
        Workplace.pairs,
    ),
    Place(
        Stage.TITLE_ABSTRACT,
        "4",
        "Title/abstract",
        "Screen titles and abstracts",
        "screening:TitleAbstractScreen",
        lambda workplace: workplace.desk(Stage.TITLE_ABSTRACT),
    ),
    Place(
        Stage.FULL_TEXT,
        "5",
        "Full text",
        "Retrieve and assess full texts",
        "screening:FullTextScreen",
        lambda workplace: workplace.desk(Stage.FULL_TEXT),
    ),
    Place("studies", "6", "Studies", "Link reports to their studies", "studies:StudiesScreen", Workplace.threads),
    Place("records", "7", "Records", "Browse and filter everything", "records:RecordsScreen"),
    Place("flow", "8", "Flow", "The PRISMA diagram and what is behind it", "flow:FlowScreen"),
    Place("protocol", "9", "Protocol", "Question, criteria, reasons and rules", "protocol:ProtocolScreen"),
    Place("activity", "0", "Activity", "What was done, by whom and when", "activity:ActivityScreen"),
    Place(
        "conflicts",
        "S",
        "Conflicts",
        "Settle what two reviewers see differently",
        "conflicts:ConflictsScreen",
        Workplace.settling,
    ),
    Place("team", "T", "Team", "Who has done how much, and who waits for whom", "team:TeamScreen"),
)
BY_NAME = {place.name: place for place in PLACES}
PAGES = (("One record", "record:RecordScreen"), ("Records behind a number", "number:NumberScreen"))
"""Screens with keys of their own that lie over a place: their titles, and their classes as `Place.screen` names them."""
