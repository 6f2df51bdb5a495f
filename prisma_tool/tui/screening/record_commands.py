"""What one can do with the record on the screen beside deciding: correct it, label it, open it, copy its citation, add another.

Invariants: what a command changes is stored before it says so; what asks a service runs in a thread and is told when it ends, wherever the
reviewer has gone meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.fulltext import links
from prisma_tool.fulltext.links import FullTextLocation, full_text_locations
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.vancouver import cited
from prisma_tool.model.text import one_line
from prisma_tool.records.labels import label
from prisma_tool.store.records import record_events
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.text_prompt import TextPromptDialog
from prisma_tool.tui.screening.add_report_dialog import AddReportAnswer, AddReportDialog
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.edit_dialogs import FieldAnswer, FieldsDialog, LabelsDialog, PasteDialog

if TYPE_CHECKING:
    from prisma_tool.identify.add_report import Added, Addition
    from prisma_tool.identify.lookup import ReportNumber
    from prisma_tool.records.missing_abstracts import AbstractResults

_NOT_EDITED = "The correction was not stored"
_NOT_ADDED = "The report was not added"
_NOTICE_SECONDS = 10


class RecordCommands(CommandGroup):
    """Correcting, labelling, opening and citing the record, and adding another.

    The rules of what can be corrected are imported when somebody corrects; the first record need not wait for them.
    """

    NAME = "record"

    # Correcting

    def edit(self) -> None:
        """Ask which field is to be corrected."""
        from prisma_tool.records.corrections import fields_of

        if self.report is None:
            return
        key = self.report.item.key
        try:
            fields = fields_of(self.session.review, key)
        except PrismaError as error:
            self.screen.show_error("The record could not be read", error)
            return
        self.screen.ask(FieldsDialog(key, fields), self._edit_field)

    def _edit_field(self, answer: FieldAnswer | None) -> None:
        from prisma_tool.formats.field_entry import FIELDS

        if answer is None:
            return
        field = answer.field
        if answer.take_back:
            self.screen.run_on_report("Nothing was taken back", lambda: self._taken_back(field.key, field.field))
        elif FIELDS[field.field].many_lines:
            self.screen.ask(
                PasteDialog(f"{field.field} of {one_line(field.key)}", field.value), self._storing(field.key, field.field)
            )
        else:
            hint = "Enter stores it · empty: the field is emptied · authors are parted by ; · Esc changes nothing"
            ask_for = TextPromptDialog(f"{field.field} of {one_line(field.key)}", hint, one_line(field.value))
            self.screen.ask(ask_for, self._storing(field.key, field.field))

    def _storing(self, key: str, field: str) -> Callable[[str | None], None]:
        def store(text: str | None) -> None:
            if text is not None:
                self.screen.run_on_report(_NOT_EDITED, lambda: self._edited(key, field, text))

        return store

    def _edited(self, key: str, field: str, text: str) -> str:
        from prisma_tool.records.corrections import edit

        edit(self.session.review, key, field, text, self.session.reviewer)
        return f"{field} corrected, stored; the source's own is kept"

    def _taken_back(self, key: str, field: str) -> str:
        from prisma_tool.records.corrections import take_back

        take_back(self.session.review, key, field, self.session.reviewer)
        return f"correction of {field} taken back"

    # Labels

    def labels(self) -> None:
        """Show the labels, to put one on or take it off."""
        if self.report is None:
            return
        try:
            with self.session.review.store.read() as transaction:
                known = sorted(record_events.all_labels(transaction))
        except PrismaError as error:
            self.screen.show_error("The labels could not be read", error)
            return
        if known:
            self.screen.ask(LabelsDialog(known, self.report.labels), self._put_label)
        else:
            self._put_label(("", True))

    def _put_label(self, answer: tuple[str, bool] | None) -> None:
        if answer is None:
            return
        name, labelled = answer
        if name:
            self.screen.run_on_report("The label was not stored", lambda: self._labelled(name, labelled=labelled))
        else:
            self.screen.ask(
                TextPromptDialog("A new label", "Enter puts it on this report · Esc changes nothing"), self._put_new_label
            )

    def _put_new_label(self, name: str | None) -> None:
        if name:
            self.screen.run_on_report("The label was not stored", lambda: self._labelled(name, labelled=True))

    def _labelled(self, name: str, *, labelled: bool) -> str:
        labels, _ = label(self.session.review, str(self.session.current), name, self.session.reviewer, labelled=labelled)
        return one_line(f"labels: {', '.join(labels)}" if labels else "no labels")

    # Reading elsewhere

    def open(self) -> None:
        """Open the report's PDF or page; of several, ask which."""
        if self.report is None:
            return
        try:
            targets = full_text_locations(self.session.review, self.report.item.key)
        except PrismaError as error:
            self.screen.show_error("The report could not be looked up", error)
            return
        if len(targets) == 1:
            self._open(targets[0])
        elif targets:
            labels = [f"{place.what}: {one_line(place.target)}{' (not here)' if place.missing else ''}" for place in targets]
            self.screen.ask(ChoiceDialog("Open which?", labels), lambda place: self._open_chosen(targets, place))
        else:
            self.screen.show_message("this record has no DOI, PMID, register number, link or PDF")

    def _open_chosen(self, targets: list[FullTextLocation], place: int | None) -> None:
        if place is not None:
            self._open(targets[place])

    def _open(self, place: FullTextLocation) -> None:
        """Hand the place to the system's viewer; where there is none, to the clipboard, and say so."""
        try:
            links.system_viewer(place.target)
        except PrismaError as error:
            self.screen.app.copy_to_clipboard(place.target)
            self.screen.show_error("Not opened; the address was copied, where your terminal allows that", error)
        else:
            self.screen.show_message(one_line(f"opened {place.target}"))

    def copy_citation(self) -> None:
        """Copy the citation, through the terminal's own clipboard, which works over SSH too."""
        if self.report is not None:
            text = cited(self.report.view.citation)
            self.screen.app.copy_to_clipboard(text)
            self.screen.show_message(f"citation copied, where your terminal allows that: {text}")

    # Adding

    def add_report(self) -> None:
        """Ask for a report that is to be added, found in this one perhaps."""
        led_by = self.report.item.key if self.report else ""
        self.screen.ask(AddReportDialog(led_by), lambda answer: self._add(answer, led_by))

    def _add(self, answer: AddReportAnswer | None, led_by: str) -> None:
        if answer is None:
            return
        # The clients of services come with it; the first record need not wait for them.
        from prisma_tool.identify.lookup import number_in

        try:
            number = number_in(answer.number) if answer.number else None
        except UsageError as error:
            self.screen.show_error(_NOT_ADDED, error)
            return
        self.screen.show_message("looking it up ..." if number and not answer.title else "adding ...")
        self.screen.run_worker(lambda: self._look_up_and_add(answer, number, led_by), thread=True, group="add")

    def _look_up_and_add(self, answer: AddReportAnswer, number: ReportNumber | None, led_by: str) -> None:
        from prisma_tool.identify.add_report import add

        try:
            added = add(self.session.review, self._addition(answer, number, led_by))
        except PrismaError as error:
            self.screen.app.call_from_thread(self.screen.show_error, _NOT_ADDED, error)
        else:
            self.screen.app.call_from_thread(self._report_added, added)

    def _addition(self, answer: AddReportAnswer, number: ReportNumber | None, led_by: str) -> Addition:
        from prisma_tool.identify.add_report import Addition, described
        from prisma_tool.identify.lookup import ask

        found_in = led_by if answer.led else ""
        if number is None or answer.title:
            citation = described(Citation(title=one_line(answer.title)), number)
            return Addition(answer.source, answer.kind, citation, number, found_in=found_in)
        answered = ask(self.screen.workspace.connect(), number)
        return Addition(answer.source, answer.kind, answered.entry.citation, number, answered, found_in)

    def _report_added(self, added: Added) -> None:
        outcome = "Added" if added.new else "Here already, not added twice"
        same = (
            f" The same report seems to be here as {', '.join(added.known_as)}; Duplicates (3) joins them."
            if added.known_as
            else ""
        )
        words = f"{outcome}: {added.key} ({added.source}, {added.kind}): {added.title or '(no title)'}.{same}"
        self.screen.app.notify(one_line(words), title="Add a report", markup=False, timeout=_NOTICE_SECONDS)
        self.screen.show_message(one_line(f"{outcome.lower()}: {added.key}"))

    # Missing abstracts

    def fetch_abstracts(self) -> None:
        """Ask for which reports PubMed is to be asked for missing abstracts."""
        choices = ["this report", "all reports without an abstract"]
        self.screen.ask(ChoiceDialog("Fetch missing abstracts from PubMed, by PMID or DOI, for", choices), self._fetch)

    def _fetch(self, place: int | None) -> None:
        if place is None or (place == 0 and self.report is None):
            return
        keys = [self.report.item.key] if place == 0 and self.report else []
        self.screen.show_message("asking PubMed for abstracts ...")
        self.screen.run_worker(lambda: self._fetch_abstracts(keys), thread=True, exclusive=True, group="abstracts")

    def _fetch_abstracts(self, keys: list[str]) -> None:
        from prisma_tool.records.missing_abstracts import fetch_abstracts

        try:
            fetched = fetch_abstracts(self.session.review, self.screen.workspace.connect().pubmed, self.session.reviewer, keys)
        except PrismaError as error:
            self.screen.app.call_from_thread(
                self.screen.show_error, "PubMed could not be asked to the end; what was found is stored", error
            )
        else:
            self.screen.app.call_from_thread(self._report_abstracts, fetched)

    def _report_abstracts(self, fetched: AbstractResults) -> None:
        self.screen.paint(_abstract_words(fetched))
        if fetched.doubtful or fetched.missing > 1:
            self.screen.app.notify(_abstract_words(fetched), title="Missing abstracts", markup=False, timeout=_NOTICE_SECONDS)


def _abstract_words(fetched: AbstractResults) -> str:
    """What came of asking PubMed: `12 of 20 missing abstracts found; 3 not in PubMed, ...`."""
    if not fetched.missing:
        return "no abstract is missing here"
    parts = (
        (len(fetched.without), "without one in PubMed"),
        (len(fetched.unknown), "not in PubMed"),
        (len(fetched.doubtful), "with the number of another work"),
        (len(fetched.unnumbered), "without PMID or DOI"),
    )
    rest = ", ".join(f"{n:,} {what}" for n, what in parts if n)
    return f"{len(fetched.stored):,} of {fetched.missing:,} missing abstracts found{'; ' + rest if rest else ''}"
