"""The flow diagram, drawn in the terminal; every number lists its records.

Invariant: counting and writing never hold up the keys, and a number always lists what it counted, even where the review has changed since.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from prisma_tool.errors import PrismaError
from prisma_tool.figure.render.terminal import Drawing, Spot, draw_text
from prisma_tool.figure.words.record_lines import record_lines
from prisma_tool.figure.write import draw, needs_records
from prisma_tool.flow.flow import Check, CheckKind, Flow
from prisma_tool.flow.read import read_flow
from prisma_tool.model.text import counted, one_line
from prisma_tool.review.open_review import Review
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.dialogs.file_name import FileNameDialog
from prisma_tool.tui.dialogs.text_prompt import TextPromptDialog
from prisma_tool.tui.flow.flow_view import FlowView
from prisma_tool.tui.flow.keys import FLOW
from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.record_browser.number_screen import NumberScreen
from prisma_tool.tui.sessions.change_feed import ChangeFeed, Changes
from prisma_tool.tui.sessions.count_members import CountMembers, members
from prisma_tool.tui.sessions.workspace import Workspace
from prisma_tool.tui.widgets.background_query import BackgroundQuery
from prisma_tool.tui.widgets.key_footer import KeyFooter
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.title_line import TitleLine
from prisma_tool.tui.words.refusal_words import in_application
from prisma_tool.updates.close_version import ClosedVersion

_ELSEWHERE = {"force": "Pending reports (=, Close a version)"}
"""What a refusal to close names and this place does not ask."""


class FlowScreen(PlaceScreen):
    """Counts in a thread and shows the figure."""

    CSS_PATH: ClassVar[str] = "screen.tcss"
    KEYS = FLOW
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(FLOW)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self.flow: Flow | None = None
        self.since: ChangeFeed | None = None
        """What came after the last count."""
        self.counter = BackgroundQuery[Review, Flow](self, self._count, self._counted, self._not_counted)
        self.follower = BackgroundQuery[ChangeFeed, Changes](self, lambda feed, _: feed.look(), self._changed, lambda _: None)
        self.writer = BackgroundQuery[tuple[Flow, Path], tuple[str, ...]](self, self._write, self._written, self._not_written)
        failed = partial(self.show_error, "The records could not be listed")
        self.lister = BackgroundQuery[tuple[Flow, Spot], CountMembers](self, self._list, self._listed, failed)
        failed = partial(self.show_error, "The version was not closed", labels=_ELSEWHERE)
        self.closer = BackgroundQuery[str, ClosedVersion](self, self._close, self._version_closed, failed)

    def compose(self) -> ComposeResult:
        """Heading, checks, figure, what is marked, keys."""
        yield TitleLine(self.workspace.review.protocol.title, "Flow", self.workspace.reviewer)
        yield Static(id="checks")
        yield FlowView(self._drawn)
        with Horizontal(id="below"):
            yield Static(id="marked")
            yield Static(id="beyond")
        yield KeyFooter()

    def on_mount(self) -> None:
        """Count."""
        self.action_count()

    @property
    def view(self) -> FlowView:
        """The figure."""
        return self.query_one(FlowView)

    # Counting

    def action_count(self) -> None:
        """Count anew; the figure from before stays until that is done."""
        self.query_one("#checks", Static).update(Content.styled("counting ...", QUIET))
        self.counter.ask(self.workspace.review)

    def come_back(self) -> None:
        """Much may have happened meanwhile."""
        self.action_count()

    def show_changes(self, changes: Changes) -> None:
        """Counting over and over while others decide would take more than it gives: say that there is something to count.

        What is told may have been counted already, such as the close of a version from here.
        """
        del changes
        if self.flow is not None and self.since is not None and not self.counter.is_busy:
            self.follower.ask(self.since)

    def _changed(self, feed: ChangeFeed, changes: Changes) -> None:
        if changes and feed is self.since and not self.counter.is_busy:
            changed = Content.styled("the review has changed since this was counted: r counts anew", "bold")
            self.query_one("#checks", Static).update(changed)

    def _count(self, review: Review, _: Callable[[], bool]) -> Flow:
        self.since = ChangeFeed(review.store)
        return read_flow(review)

    def _counted(self, _: Review, flow: Flow) -> None:
        self.flow = flow
        self.query_one("#checks", Static).update(checks_line(flow))
        self.view.draw()

    def _not_counted(self, error: PrismaError) -> None:
        self.query_one("#checks", Static).update(Content.styled("not counted", "bold $text-error"))
        self.show_error("The flow could not be counted", error)

    def _drawn(self, width: int) -> Drawing | None:
        return None if self.flow is None else draw_text(self.flow, width)

    # Numbers

    @on(FlowView.Marked)
    def _show_marked(self) -> None:
        spot = self.view.marked
        text = "" if spot is None else f"{one_line(spot.label)}: Enter lists the records behind it"
        self.query_one("#marked", Static).update(Content.styled(text, QUIET))
        self.query_one("#beyond", Static).update(Content.styled(self.view.beyond(), "$text-accent"))

    @on(FlowView.Opened)
    def action_open(self) -> None:
        """List the records behind the marked number."""
        spot = self.view.marked
        if spot is not None and self.flow is not None:
            self.lister.ask((self.flow, spot))

    def _list(self, request: tuple[Flow, Spot], _: Callable[[], bool]) -> CountMembers:
        flow, spot = request
        return members(self.workspace.review, flow, spot)

    def _listed(self, _: tuple[Flow, Spot], listed: CountMembers) -> None:
        if self.is_active:
            self.app.push_screen(NumberScreen(self.workspace, listed, "Flow"))

    def action_step(self, by: int) -> None:
        """Go to the next number, or the one before."""
        self.view.step(by)

    def action_toward(self, right: int, down: int) -> None:
        """Go to the nearest number on that way."""
        self.view.toward((right, down))

    def action_page(self, pages: int) -> None:
        """Move the figure by pages."""
        self.view.scroll_relative(y=pages * max(1, self.view.size.height - 2), animate=False)

    def action_edge(self, share: int) -> None:
        """Go to the top of the figure (0) or to its end (1)."""
        self.view.scroll_to(y=share * self.view.max_scroll_y, animate=False)

    def action_checks(self) -> None:
        """Show all relations between the numbers."""
        if self.flow is not None:
            self.app.push_screen(TextPage("Relations between the numbers", checks_text(self.flow)))

    # Closing a version

    def action_close_version(self) -> None:
        """Ask under which label to close a version."""
        hint = "such as 2025 · Enter goes on · Esc closes nothing"
        self.app.push_screen(TextPromptDialog("Close a version of the review under which label?", hint), self._confirm_closing)

    def _confirm_closing(self, label: str | None) -> None:
        if label:
            text = Content(
                "What is included now is frozen, and the figure becomes that of an updated review. = has a form that takes it back."
            )
            dialog = ConfirmDialog(f"Close the version {one_line(label)}", text, "closes it")
            self.app.push_screen(dialog, lambda agreed: self._begin_closing(label, agreed=bool(agreed)))

    def _begin_closing(self, label: str, *, agreed: bool) -> None:
        if agreed:
            self._say(f"closing the version {label} ...")
            self.closer.ask(label)

    def _close(self, label: str, _: Callable[[], bool]) -> ClosedVersion:
        from prisma_tool.flow.close_with_counts import close
        from prisma_tool.review.copies.backup import back_up_version

        review = self.workspace.review
        version = close(review, label, self.workspace.reviewer)
        back_up_version(review, version.label, self._tell_later)
        return version

    def _tell_later(self, words: str) -> None:
        """Pass on what was said in the thread."""
        self.call_later(self.tell, one_line(words))

    def _version_closed(self, _: str, version: ClosedVersion) -> None:
        included = f"{counted(version.studies, 'study', 'studies')}, {counted(version.reports, 'report')} included"
        self._show_marked()
        self.tell(f"Closed the version {one_line(version.label)}: {included}")
        self.action_count()

    # Writing

    def action_write(self) -> None:
        """Ask for a file name and write the figure there."""
        if self.flow is not None:
            self.app.push_screen(FileNameDialog(self.workspace.review.folder), self._begin_writing)

    def _begin_writing(self, path: Path | None) -> None:
        if path is not None and self.flow is not None:
            self._say(f"writing {path.name} ...")
            self.writer.ask((self.flow, path))

    def _say(self, words: str) -> None:
        """What has just happened, or happens; it stays until another number is marked."""
        self.query_one("#marked", Static).update(Content.styled(one_line(words), "bold"))

    def _write(self, request: tuple[Flow, Path], _: Callable[[], bool]) -> tuple[str, ...]:
        flow, path = request
        records = record_lines(self.workspace.review, flow) if needs_records([path]) else None
        return draw(flow, [path], records=records)

    def _written(self, request: tuple[Flow, Path], remarks: tuple[str, ...]) -> None:
        self._say(f"Wrote {request[1]}")
        for remark in remarks:
            self.notify(one_line(remark), title="About the figure", markup=False, timeout=10)

    def _not_written(self, error: PrismaError) -> None:
        self._show_marked()
        self.show_error("The figure was not written", error)


def checks_line(flow: Flow) -> Content:
    """How many relations between the numbers hold; of those that do not, the gravest in words."""
    failed = sorted((check for check in flow.checks if not check.holds), key=lambda check: list(CheckKind).index(check.kind))
    if not failed:
        return Content.styled(f"all {len(flow.checks)} checks of the numbers hold", QUIET)
    first, more = failed[0], f" (and {len(failed) - 1} more: V)" if len(failed) > 1 else ""
    is_grave = first.kind is CheckKind.STRICT
    # What is only worth a look is no rule that was broken: what it found says it all.
    text = f"! does not hold{more}: {first.sentence}" if is_grave else f"! {first.sentence}{more}"
    return Content.styled(one_line(in_application(text)), "bold $text-error" if is_grave else "$text-warning")


def checks_text(flow: Flow) -> Content:
    """All relations with their arithmetic, those that do not hold first."""
    return Content("\n").join(_check_text(check) for check in sorted(flow.checks, key=lambda check: check.holds))


def _check_text(check: Check) -> Content:
    result = "holds  " if check.holds else "FAILS  " if check.kind is CheckKind.STRICT else "look   "
    return Content.assemble((result, "" if check.holds else "bold"), one_line(in_application(check.sentence)))
