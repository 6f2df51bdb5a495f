"""The two clusters of a pair with all their records and verdicts, and the way to take one record out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from prisma_tool.tui.duplicates.members_text import member_text
from prisma_tool.tui.sessions.duplicates_session import Member

_HINT = "arrows move · x takes the marked record out of its cluster · Esc changes nothing"


class ClustersScreen(ModalScreen[str | None]):
    """Answers with the key of the record to take out of its cluster, or None."""

    CSS_PATH = "clusters_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,c", "dismiss(None)", "Close", id="clusters.close"),
        Binding("x", "take_out", "Take out", id="clusters.take-out"),
    ]

    def __init__(self, members: Sequence[Member]) -> None:
        super().__init__()
        self.members = members

    def compose(self) -> ComposeResult:
        """Both clusters, record by record, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("All records of both clusters", "bold"))
            yield OptionList(*self._options())
            yield Static(_HINT, markup=False, classes="hint")

    def _options(self) -> Iterator[Option]:
        side = ""
        for member in self.members:
            if member.side != side:
                side = member.side
                n = sum(one.side == side for one in self.members)
                yield Option(Content.styled(f"{side}: {_records(n)}", "bold"), disabled=True)
            yield Option(member_text(member), id=member.record.key)

    def action_take_out(self) -> None:
        """Answer with the marked record; one that stands alone cannot be taken out."""
        marked = self.query_one(OptionList).highlighted_option
        chosen = next((one for one in self.members if marked and one.record.key == marked.id), None)
        if chosen is None:
            return
        if chosen.alone:
            self.query_one(".hint", Static).update("This record stands alone: there is nothing to take it out of.")
        else:
            self.dismiss(chosen.record.key)


def _records(n: int) -> str:
    return "1 record" if n == 1 else f"{n} records, one report"
