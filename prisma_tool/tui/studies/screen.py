"""Linking reports to their studies, suggestion by suggestion, beside the studies that there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import PurePath
from typing import ClassVar

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from prisma_tool.model.text import one_line
from prisma_tool.studies.links import Suggestion
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.record_browser.citing import offer_citing
from prisma_tool.tui.record_browser.faceted_settling import FacetedSettleScreen
from prisma_tool.tui.sessions.change_feed import Changes
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.sessions.study_links_session import LinkedStudy, StudyLinksSession, SuggestionDetails
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.studies.keys import ALL, ON_SCREEN
from prisma_tool.tui.studies.label_dialog import LabelScreen
from prisma_tool.tui.studies.panes import ReportsPane, StudiesPane
from prisma_tool.tui.studies.suggestion_text import end_text, suggestion_text
from prisma_tool.tui.widgets.background_query import BackgroundQuery


class StudiesScreen(FacetedSettleScreen[Suggestion, SuggestionDetails]):
    """Shows suggestions and studies and turns keys into links."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../frame/settle_screen.tcss", "screen.tcss"]
    KEYS = ALL
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(ON_SCREEN)
    AUTO_FOCUS = "ReportsPane"
    TASK, ITEM, POSITION = "Studies", "suggestion", "Suggestion {:,} of {:,}: reports of one study?"
    UNREADABLE = "Your links so far are stored. Press l or h to try again."
    ON_ITEM = ("link", "screen.choose", "screen.leave")
    NEXT_PLACES = ("go.flow",)
    session: StudyLinksSession

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, workspace.study_links())
        failed = partial(self.show_error, "The studies could not be read")
        self._studies = BackgroundQuery[None, Sequence[LinkedStudy]](
            self, lambda _, __: self.session.studies(), self._show_studies, failed
        )

    def compose_item(self) -> Iterable[Widget]:
        """The suggestion with its reports; the studies beside it."""
        suggested = Vertical(Static(id="suggestion"), ReportsPane(), id="suggested")
        yield Horizontal(suggested, Vertical(Static(id="studies-head"), StudiesPane(), id="known"))

    def show_item(self, content: SuggestionDetails | Content) -> None:
        """Show the suggestion and its reports."""
        text, reports = (content, ()) if isinstance(content, Content) else (suggestion_text(content), content.reports)
        self.query_one("#suggestion", Static).update(text)
        self.query_one(ReportsPane).show(reports)

    def end_page(self, progress: Progress) -> Content:
        """The page after the last suggestion."""
        return end_text(progress, self.session.linked)

    def is_useful(self, action: str) -> bool:
        """Whether there is an answer of this sitting to take back."""
        return (action != "undo" or bool(self.session.answers)) and super().is_useful(action)

    def concerns(self, changes: Changes) -> bool:
        """A link may settle a suggestion; to look for new ones whenever a record arrives would take more than it gives."""
        return bool(changes.touched - changes.voted)

    def show_around(self) -> None:
        """Show the studies as they are linked now."""
        super().show_around()
        self._studies.ask(None)

    def _show_studies(self, _: None, studies: Sequence[LinkedStudy]) -> None:
        head = f"Studies: {len(studies):,}" if studies else "No study has reports yet."
        self.query_one("#studies-head", Static).update(Content.styled(head, "bold"))
        self.query_one(StudiesPane).show(studies)

    # Answering

    def action_link(self) -> None:
        """Ask for the study's label, then link the selected reports."""
        details = self.details
        if details is None or self._back_to_suggestion():
            return
        if not details.selected:
            self.paint("no report is chosen; space chooses the marked one")
            return
        dialog = LabelScreen(one_line(details.label), len(details.selected))
        self.app.push_screen(dialog, partial(self._link, details))

    def _link(self, details: SuggestionDetails, label: str | None) -> None:
        if label is not None:
            self.change("The link was not stored", lambda: self._linked(details, label))

    def _linked(self, details: SuggestionDetails, label: str) -> str:
        n = self.session.link(details, label)
        return one_line(f"{n:,} linked to {label}, stored") if n else one_line(f"all were in {label} already")

    def take_back(self) -> str:
        """Take back the last answer."""
        taken_back = self.session.undo()
        return one_line(f"taken back: {taken_back}") if taken_back else "nothing to take back in this sitting"

    def action_leave(self) -> None:
        """Leave the suggestion aside."""
        if self.details is not None:
            self.session.leave()
            self.paint("left aside for this sitting; u brings it back")

    def action_choose(self) -> None:
        """Select the marked report, or not."""
        marked = self.query_one(ReportsPane).marked
        if marked is not None:
            self.session.toggle(marked.record.key)
            self.paint()

    def action_cite(self) -> None:
        """Search by citation from all included reports."""
        offer_citing(self, ())

    def action_unlink(self) -> None:
        """Take the marked report out of its studies."""
        marked = self.query_one(StudiesPane).marked
        if marked is None:
            self.paint("mark a report with the arrows first")
        else:
            self.change("The report was not unlinked", lambda: self._unlinked(marked.record.key))

    def _unlinked(self, key: str) -> str:
        return one_line(f"{key} taken out of {', '.join(self.session.unlink(key))}")

    # Going from list to list

    def action_step(self, by: int) -> None:
        """Go to a neighbouring suggestion."""
        if not self._back_to_suggestion():
            super().action_step(by)

    def _back_to_suggestion(self) -> bool:
        """Show the suggestion first where the studies hide it, so that no key is about what cannot be seen."""
        is_hidden = not self.query_one("#suggested").display
        if is_hidden:
            self.action_other()
        return is_hidden

    def action_other(self) -> None:
        """Go to the other list; a narrow screen shows one at a time."""
        to_studies = not self.has_class("-studies")
        self.set_class(to_studies, "-studies")
        pane = self.query_one(StudiesPane if to_studies else ReportsPane)
        self.call_after_refresh(pane.focus)
