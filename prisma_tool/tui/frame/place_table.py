"""The places of the application: what there is, by which key one gets there, and what makes each.

A further place is one line here; bindings, the Go-to list, the command palette and the help follow. Invariant: no two places share
a key or a name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from textual.binding import Binding

from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.sessions.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `what` says what one does there; `screen` is "module:class" in `tui`, imported when one first goes there.

    `prepare` reads what the screen cannot do without, so that a review that cannot be read is told before anything is drawn.
    """

    name: str
    key: str
    title: str
    what: str
    screen: str
    prepare: Callable[[Workspace], object] = lambda _: None

    def screen_class(self) -> type[PlaceScreen]:
        """The class of this place's screen."""
        return screen_class(self.screen)

    def make(self, workspace: Workspace) -> PlaceScreen:
        """A new screen for this place."""
        return self.screen_class()(workspace)


def screen_class(screen: str) -> type[PlaceScreen]:
    """The class that "module:class" in `tui` names."""
    module, _, name = screen.partition(":")
    screen_type: type[PlaceScreen] = getattr(import_module(f"prisma_tool.tui.{module}"), name)
    return screen_type


HOME, SOURCES = "home", "search"
PLACES = (
    Place(HOME, "1", "Home", "Where the review stands, and what to do next", "home.screen:HomeScreen"),
    Place(SOURCES, "2", "Sources", "Run searches, import files, see what they brought", "search.screen:SearchScreen"),
    Place(
        "duplicates",
        "3",
        "Duplicates",
        "Join duplicates and settle uncertain pairs",
        "duplicates.screen:DuplicatesScreen",
        Workspace.duplicates,
    ),
    Place(
        Stage.TITLE_ABSTRACT,
        "4",
        "Title/abstract",
        "Screen titles and abstracts",
        "screening.screens:TitleAbstractScreen",
        lambda workspace: workspace.opening_session(Stage.TITLE_ABSTRACT),
    ),
    Place(
        Stage.FULL_TEXT,
        "5",
        "Full text",
        "Retrieve and assess full texts",
        "screening.workbench.screen:FullTextScreen",
        lambda workspace: workspace.screening_session(Stage.FULL_TEXT),
    ),
    Place("studies", "6", "Studies", "Link reports to their studies", "studies.screen:StudiesScreen", Workspace.study_links),
    Place("records", "7", "Records", "Browse and filter everything", "records.screen:RecordsScreen"),
    Place("flow", "8", "Flow", "The PRISMA diagram and what is behind it", "flow.screen:FlowScreen"),
    Place("protocol", "9", "Protocol", "Question, criteria, reasons and rules", "protocol.screen:ProtocolScreen"),
    Place("activity", "0", "Activity", "What was done, by whom and when", "activity.screen:ActivityScreen"),
    Place(
        "conflicts",
        "S",
        "Conflicts",
        "Settle what two reviewers see differently",
        "conflicts.screen:ConflictsScreen",
        Workspace.adjudication,
    ),
    Place("team", "T", "Team", "Who has done how much, and who waits for whom", "team.screen:TeamScreen"),
)
BY_NAME = {place.name: place for place in PLACES}
PAGES = (
    ("One record", "record_browser.record_screen:RecordScreen"),
    ("Records behind a number", "record_browser.number_screen:NumberScreen"),
    ("Records to look at", "home.warning_screen:WarningScreen"),
)
"""Screens with keys of their own that lie over a place: their titles, and their classes as `Place.screen` names them."""

GOING_TO_PLACES: tuple[str, tuple[Binding, ...]] = (
    "In every place",
    (
        *(Binding(one.key, f"go('{one.name}')", one.title, id=f"go.{one.name}", show=False) for one in PLACES),
        Binding("ctrl+l", "draw_anew", "Draw anew", tooltip="Draw the screen anew, where something else wrote to the terminal"),
        Binding("ctrl+p", "command_palette", "Palette", tooltip="Everything that can be done, by its name; themes too"),
    ),
)
"""The keys that act everywhere, as the help shows them."""
