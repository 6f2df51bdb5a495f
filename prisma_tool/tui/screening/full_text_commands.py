"""Getting full texts, from the screen: status, attempts, PDFs by path or out of a folder.

Invariants: as for `record_commands`; what a folder holds is shown before anything of it is attached.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from textual.content import Content

from prisma_tool.errors import PrismaError
from prisma_tool.fulltext.attached_documents import doubts_about
from prisma_tool.fulltext.attempts import AttemptMeans, RetrievalAttempt, note_attempts
from prisma_tool.fulltext.finding.find import FindReport, find_texts
from prisma_tool.fulltext.finding.find_request import FindRequest
from prisma_tool.fulltext.inbox_folder import INBOX
from prisma_tool.fulltext.pdf_matching import FolderMatches, attach_matches, match_folder
from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.tui.dialogs.choice import ChoiceDialog
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.dialogs.text_prompt import TextPromptDialog
from prisma_tool.tui.dialogs.typed_paths import path_typed
from prisma_tool.tui.importing.files_dialog import FilesDialog
from prisma_tool.tui.screening.command_group import CommandGroup
from prisma_tool.tui.screening.position_line import retrieval_text, status_text
from prisma_tool.tui.screening.retrieval_dialog import FurtherStep, RetrievalAnswer, RetrievalDialog
from prisma_tool.tui.screening.workbench.text_commands import TextCommands
from prisma_tool.tui.sessions.find_task import FindTask, find_words
from prisma_tool.tui.words.refusal_words import refusal

_EACH = (0, 1)
"""The places of the choices that are about the report on the screen; the last of them takes any version."""
_NOTICE_SECONDS = 12
_PDF = frozenset([".pdf"])
_NOT_STORED = "The retrieval was not stored"
_ASKING = {
    FurtherStep.TRIED: (
        "What was tried?",
        "publisher, library, repository, link · Enter stores it with today's date · Esc changes nothing",
    ),
    FurtherStep.ASKED: (
        "Who was asked?",
        "an author's name or address · Enter stores it with today's date · Esc changes nothing",
    ),
    FurtherStep.FOLDER: (
        "Look for PDFs in which folder?",
        "its path; nothing is attached before you agree · Enter looks · Esc changes nothing",
    ),
}


class FullTextCommands(CommandGroup):
    """Retrieval of the full text: its status, what was tried, and PDFs."""

    NAME = "full_text"
    _finding: FindTask | None = None

    def retrieval(self) -> None:
        """Ask what is to be said about the full text."""
        if self.report is not None:
            self.screen.ask(RetrievalDialog(retrieval_text(self.report)), self._keep_retrieval)

    def find(self) -> None:
        """Ask for which reports services are to be asked for full texts; while they are asked, stop that."""
        if self._finding is not None:
            self._finding.stop()
            self.screen.show_message("stopping; what was answered is kept ...")
            return
        choices = ["this report", "this report, in an offered version too", "all reports that wait for a full text"]
        heading = "Ask PMC, Unpaywall, Europe PMC and OpenAlex for the full text of"
        self.screen.ask(ChoiceDialog(heading, choices), self._begin_finding)

    def _begin_finding(self, place: int | None) -> None:
        if place is None or (place != len(_EACH) and self.report is None):
            return
        keys = (self.report.item.key,) if self.report and place in _EACH else ()
        request = FindRequest(keys, any_version=bool(keys) and place == _EACH[-1])
        self._finding = FindTask(lambda words: self.screen.app.call_from_thread(self.screen.show_message, words))
        self.screen.show_message("asking services for full texts; F stops it ...")
        self.screen.run_worker(lambda: self._find(request), thread=True, exclusive=True, group="texts")

    def _find(self, request: FindRequest) -> None:
        task, workspace = self._finding, self.screen.workspace
        assert task is not None
        try:
            report = find_texts(self.session.review, request, self.session.reviewer, workspace.text_clients(), task)
        except PrismaError as error:
            self._finding = None
            self.screen.app.call_from_thread(self.screen.show_error, "Services could not be asked for full texts", error)
        else:
            self._finding = None
            self.screen.app.call_from_thread(self._report_texts, report)

    def _report_texts(self, report: FindReport) -> None:
        self.session.refresh()
        words = find_words(report)
        self.screen.paint(words)
        if report.wanted > 1 or report.problems or report.left_out:
            details = [*report.left_out, *(refusal(error) for error in report.problems.values())]
            text = one_line(" ".join([f"{words}.", *details]))
            self.screen.app.notify(text, title="Full texts", markup=False, timeout=_NOTICE_SECONDS)

    def _keep_retrieval(self, answer: RetrievalAnswer | FurtherStep | None) -> None:
        if isinstance(answer, RetrievalAnswer):
            self.screen.run_on_report(_NOT_STORED, lambda: self._retrieved(answer))
        elif answer is not None:
            self._take_step(answer)

    def _take_step(self, step: FurtherStep) -> None:
        if step is FurtherStep.PDF:
            folder = self.session.review.folder
            recent = [folder / INBOX, Path.home() / "Downloads", Path.cwd(), folder.parent]
            self.screen.ask(FilesDialog(Path.cwd(), recent, "Attach which PDF?", _PDF), self.attach_pdfs)
        else:
            use = self._look_in if step is FurtherStep.FOLDER else self._noting(step)
            self.screen.ask(TextPromptDialog(*_ASKING[step]), use)

    def _retrieved(self, answer: RetrievalAnswer) -> str:
        self.session.retrieve(answer.status, answer.note)
        return f"last answer: {status_text(answer.status)}, stored"

    def _noting(self, further: FurtherStep) -> Callable[[str | None], None]:
        means = AttemptMeans.TRIED if further is FurtherStep.TRIED else AttemptMeans.ASKED

        def note(what: str | None) -> None:
            if what:
                self.screen.run_on_report("The attempt was not stored", lambda: self._noted_attempt(means, what))

        return note

    def _noted_attempt(self, means: AttemptMeans, what: str) -> str:
        note_attempts(self.session.review, [RetrievalAttempt(str(self.session.current), means, what)], self.session.reviewer)
        return "attempt stored"

    def offer(self, files: tuple[Path, ...]) -> None:
        """Ask whether these files are the full text of the report on the screen."""
        if self.report is None:
            self.screen.show_message("no report is shown that a PDF could be attached to")
            return
        names = Content("\n").join([Content(one_line(file.name)) for file in files])
        heading = f"Attach to {one_line(self.report.view.citation.title) or self.report.item.key}?"
        dialog = ConfirmDialog(heading, names, f"attaches {counted(len(files), 'PDF')}")
        self.screen.ask(dialog, lambda yes: self.attach_pdfs(files if yes else None))

    def attach_pdfs(self, paths: tuple[Path, ...] | None) -> None:
        """Attach these to the report on the screen, or the one that was asked about."""
        if paths:
            self.screen.run_on_report("The PDF was not attached", lambda: self._attached(paths))

    def _attached(self, paths: tuple[Path, ...]) -> str:
        key = str(self.session.current)
        retrievals = [Retrieval(key, RetrievalStatus.RETRIEVED, path) for path in paths]
        retrieve(self.session.review, retrievals, self.session.reviewer)
        self.session.refresh()
        self.screen.run_worker(lambda: self._weigh(key, paths), thread=True, group="weighing")
        return one_line(f"attached {', '.join(path.name for path in paths)}, stored")

    def _weigh(self, key: str, paths: tuple[Path, ...]) -> None:
        """Say where a document that was attached calls itself another work; one that cannot be read any more says nothing."""
        text = self.screen.commands[TextCommands.NAME]
        assert isinstance(text, TextCommands)
        with suppress(PrismaError):
            for doubt in doubts_about(self.session.review, key, paths, text.loader.reader):
                self.screen.app.call_from_thread(self._tell_doubt, doubt)

    def _tell_doubt(self, doubt: str) -> None:
        text = f"{doubt} It stays attached; p attaches the right one, which is then the one that is shown."
        self.screen.app.notify(text, title="Is this the right PDF?", severity="warning", markup=False, timeout=_NOTICE_SECONDS)

    def _look_in(self, typed: str | None) -> None:
        if typed:
            self.screen.show_message("looking through the folder ...")
            self.screen.run_worker(lambda: self._look(typed), thread=True, exclusive=True, group="pdfs")

    def _look(self, typed: str) -> None:
        try:
            findings = match_folder(self.session.review, _path(typed))
        except PrismaError as error:
            self.screen.app.call_from_thread(self.screen.show_error, "The folder could not be looked through", error)
        else:
            self.screen.app.call_from_thread(self._offer_pdfs, findings)

    def _offer_pdfs(self, findings: FolderMatches) -> None:
        n = len(findings.certain)
        self.screen.show_message("")
        consequence = f"attaches {n:,} {'PDF' if n == 1 else 'PDFs'}" if n else "closes this"
        self.screen.ask(
            ConfirmDialog("PDFs in this folder", findings_text(findings), consequence),
            lambda yes: self._attach_all(findings, yes=bool(yes)),
        )

    def _attach_all(self, findings: FolderMatches, *, yes: bool) -> None:
        if yes and findings.certain:
            self.screen.run_command("Nothing was attached", lambda: self._all_attached(findings))

    def _all_attached(self, findings: FolderMatches) -> str:
        n = attach_matches(self.session.review, findings, self.session.reviewer)
        self.session.refresh()
        return f"{n:,} {'PDF' if n == 1 else 'PDFs'} attached, stored"


def _path(typed: str) -> Path:
    """A path as people type or paste it: with ~, or in the quotation marks that file managers copy."""
    return path_typed(typed.strip("'\"").removeprefix("file://"), Path.cwd())


def findings_text(findings: FolderMatches) -> Content:
    """What a folder holds: what is certain with its ground, then what is left to the reviewer and why."""
    lines = [
        Content.assemble((f"{one_line(one.key)}  ", "bold"), one_line(Path(one.file).name), (f"  {one.ground}", "dim"))
        for one in findings.certain
    ]
    lines += [
        Content.assemble(
            ("left to you  ", "italic"), one_line(Path(one.file).name), (f"  {one_line(one.why)} {', '.join(one.keys)}", "dim")
        )
        for one in findings.doubtful
    ]
    strange, lacking = len(findings.unmatched), findings.lacking
    rest = (
        f"{strange} {'file belongs' if strange == 1 else 'files belong'} to no report here; "
        f"{lacking} {'report still wants' if lacking == 1 else 'reports still want'} a file."
    )
    return Content("\n").join([*lines, Content.styled(rest, "dim")])
