"""What every place of the application has in common: its keys and their help, failures as sentences, and the way to other places.

Invariant: a command that is refused changes nothing on the screen and is told as a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, cast

from textual.binding import Binding
from textual.content import Content
from textual.screen import Screen

from prisma_tool.errors import PrismaError
from prisma_tool.fulltext.inbox_folder import INBOX
from prisma_tool.model.text import counted
from prisma_tool.tui.frame.changing_keys import changing_actions, named_action
from prisma_tool.tui.frame.key_help import KeyHelp
from prisma_tool.tui.frame.key_table import Groups
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.widgets.key_footer import KeyUse
from prisma_tool.tui.words.refusal_words import refusal

if TYPE_CHECKING:
    from prisma_tool.tui.frame.application import Application
    from prisma_tool.tui.sessions.workspace import Workspace

_SECONDS = 3
MORE = Binding(
    "equals_sign",
    "app.choose_form",
    "More",
    key_display="=",
    id="place.more",
    show=False,
    tooltip="What is done rarely: export, figure, reports, versions, snapshot, removing, numbers by hand",
)
GOING_AROUND: tuple[str, tuple[Binding, ...]] = (
    "Other",
    (
        Binding("g", "app.choose_place", "Go to", id="place.go", tooltip="Go to another place; 1 to 9 and 0 go there at once"),
        MORE,
        Binding("escape", "app.go_back", "Back", id="place.back", show=False, tooltip="Back to where you were before"),
        Binding("question_mark", "help", "Help", id="place.help", tooltip="This page"),
        Binding("q", "app.quit", "Quit", id="place.quit", tooltip="Leave; everything is stored already"),
    ),
)
"""The last group of keys of every place."""
GOING_ON = (GOING_AROUND[0], tuple(one for one in GOING_AROUND[1] if one.id != "place.back"))
"""The same where Escape first takes away what a list is narrowed to."""


def widening(prefix: str, tooltip: str, *, show: bool = True) -> Binding:
    """Escape in a list that can be narrowed; `prefix` begins the id of the binding."""
    return Binding("escape", "widen", "All", key_display="Esc", id=f"{prefix}.all", show=show, tooltip=tooltip)


class PlaceScreen(Screen[None]):
    """A screen that one goes to, stays at, and comes back to. `KEYS` are its keys in groups."""

    KEYS: ClassVar[Groups] = (GOING_AROUND,)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__()
        self.workspace = workspace
        self._refused = changing_actions(self.KEYS) if workspace.review.only_read else frozenset()

    @property
    def application(self) -> Application:
        """The application, as what places may ask of it."""
        return cast("Application", self.app)  # places are shown by no other application

    @property
    def is_painted(self) -> bool:
        """Whether what is to be shown is on the screen."""
        return True

    def refuses(self, action: str) -> bool:
        """Whether an action would change a review in which nothing can be changed."""
        return bool(self._refused) and named_action(action) in self._refused

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Whether a key is offered: not where it would be refused."""
        return (action, parameters) not in self._refused and super().check_action(action, parameters)

    def is_useful(self, action: str) -> bool:
        """Whether a key does something as things stand: the footer names no other, while the key itself says why it does nothing."""
        del action
        return True

    def key_use(self) -> KeyUse:
        """Which keys the footer names first as things stand, and how."""
        return KeyUse()

    def staying(self) -> str:
        """Why a key must not lead to another place now; empty where it may."""
        return ""

    def tell(self, words: str) -> None:
        """Say in passing what happened to a key."""
        self.notify(words, markup=False, timeout=_SECONDS)

    def come_back(self) -> None:
        """Bring what is shown up to date; called whenever one returns to this place."""

    def show_changes(self, changes: Changes) -> None:
        """Something was stored, here or elsewhere; called within a second while this place is shown."""

    def take_files(self, files: Sequence[Path]) -> None:
        """Files of records were dropped here: they are imported where sources are."""
        self.application.import_files(files)

    def take_documents(self, files: Sequence[Path]) -> None:
        """Documents were dropped here: say where they are attached."""
        inbox = self.workspace.review.folder / INBOX
        here = sum(file.parent == inbox for file in files)
        waiting = f"{counted(here, 'PDF')} in {INBOX.as_posix()}: 5, then +, matches them with reports" if here else ""
        others = (
            f"{counted(len(files) - here, 'PDF')} not taken: PDFs are dropped at Full texts, key 5" if here < len(files) else ""
        )
        self.tell("; ".join(filter(None, (waiting, others))))

    def show_error(self, what: str, error: PrismaError, *, labels: Mapping[str, str] | None = None) -> None:
        """Show why something did not work; `labels` are what options that the reason names are called here."""
        self.app.push_screen(TextPage(what, Content(refusal(error, labels)), grave=True))

    def attempt(self, failed: str, command: Callable[[], object]) -> bool:
        """Do a command; a refusal is shown under the heading `failed`. True where it was done."""
        try:
            command()
        except PrismaError as error:
            self.show_error(failed, error)
            return False
        return True

    def action_help(self) -> None:
        """Show all keys, those of this place first."""
        from prisma_tool.tui.frame.place_table import GOING_TO_PLACES  # the table of the places knows this module

        groups = (*self.KEYS, GOING_TO_PLACES)
        self.app.push_screen(KeyHelp(groups, self.application.keymap))
