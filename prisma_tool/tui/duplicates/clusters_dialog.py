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

from prisma_tool.model.log.events import ENGINE, Event
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.tui.duplicates.pair_text import rule_of
from prisma_tool.tui.sessions.duplicates_session import ClusterRecord
from prisma_tool.tui.widgets.record_text import QUIET, printed_in
from prisma_tool.tui.words.hint import Hint

_VERDICTS = {
    DuplicateVerdict.SAME: "same as",
    DuplicateVerdict.DIFFERENT: "different from",
    DuplicateVerdict.UNSURE: "perhaps the same as",
}
_KEYS = 9
"""As many as there are digits; whichever comes after them is reached with the arrows."""
_HINT = "its number or arrows mark one · Del takes the marked record out of its cluster · Esc changes nothing"


class ClustersScreen(ModalScreen[str | None]):
    """Answers with the key of the record to take out of its cluster, or None."""

    CSS_PATH = "clusters_dialog.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,D", "dismiss(None)", "Close", id="clusters.close"),
        Binding("delete,backspace", "take_out", "Take out", id="clusters.take-out"),
        *(Binding(digit, f"mark({digit})", "Mark", show=False) for digit in "123456789"),
    ]

    def __init__(self, members: Sequence[ClusterRecord]) -> None:
        super().__init__()
        self.members = members

    def compose(self) -> ComposeResult:
        """Both clusters, record by record, and how to answer."""
        with Vertical(classes="box"):
            yield Static(Content.styled("All records of both clusters", "bold"))
            yield OptionList(*self._options())
            yield Hint(_HINT)

    def _options(self) -> Iterator[Option]:
        side = ""
        for number, member in enumerate(self.members, 1):
            if member.side != side:
                side = member.side
                n = sum(record.side == side for record in self.members)
                yield Option(Content.styled(f"{side}: {_records(n)}", "bold"), disabled=True)
            key = f" {number} " if number <= _KEYS else "   "
            yield Option(
                Content.assemble(
                    (key, "bold reverse" if number <= _KEYS else ""), " ", Content("\n  ").join(member_text(member).split("\n"))
                ),
                id=member.record.key,
            )

    def action_mark(self, number: int) -> None:
        """Mark the record with this number; there may be none."""
        if number <= len(self.members):
            listed = self.query_one(OptionList)
            listed.highlighted = listed.get_option_index(self.members[number - 1].record.key)

    def action_take_out(self) -> None:
        """Answer with the marked record; one that stands alone cannot be taken out."""
        marked = self.query_one(OptionList).highlighted_option
        member = next((member for member in self.members if marked and member.record.key == marked.id), None)
        if member is None:
            return
        if member.alone:
            self.query_one(".hint", Static).update("This record stands alone: there is nothing to take it out of.")
        else:
            self.dismiss(member.record.key)


def _records(n: int) -> str:
    return "1 record" if n == 1 else f"{n} records, one report"


def member_text(member: ClusterRecord) -> Content:
    """Key and source, title, where it was printed, and every verdict about it that is in force."""
    record = member.record
    representative = ", shown for its cluster" if record.is_representative and not member.alone else ""
    head = Content.assemble((one_line(record.key), "bold"), f" · {one_line(record.source)}{representative}")
    lines = [one_line(record.citation.title) or "(no title)", printed_in(record.citation)]
    verdicts = [Content.styled(f"  {verdict_text(event, record.key)}", QUIET) for event in member.verdicts]
    return Content("\n").join([head, *(Content(f"  {line}") for line in lines if line), *verdicts])


def verdict_text(event: Event, key: str) -> str:
    """A verdict about `key` in words: `same as pubmed:1: same DOI and title`; a person's carries the name."""
    other = event.text("other") if event.subject == key else event.subject
    verdict = _VERDICTS.get(DuplicateVerdict(event.text("verdict")), event.text("verdict"))
    why = rule_of(event.text("reason")) if event.reviewer == ENGINE else f"said {event.reviewer}"
    return one_line(f"{verdict} {other}: {why}")
