"""Screening as a dialogue of plain lines, for screen readers, Braille displays and terminals that cannot be drawn on.

One record after the other is written from its title to its abstract, then one line asks; nothing is ever repainted. It sits at the same
session as the drawn application. Invariant: the next record is written only after the store has confirmed the decision before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from prisma_tool.errors import PrismaError
from prisma_tool.model.protocol.protocol import Reason
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import FULL_TEXT_ONLY, Stage, Verdict
from prisma_tool.tui.screening.end_page import end_page
from prisma_tool.tui.screening.position_line import position_line, verdict_text
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.widgets.progress_line import progress_text
from prisma_tool.tui.widgets.record_text import report_page

VERDICTS = {"i": Verdict.INCLUDE, "e": Verdict.EXCLUDE, "m": Verdict.MAYBE, "O": Verdict.ONGOING, "W": Verdict.AWAITING}
HELP = """Type a letter, small or capital as here, and press Enter; letters mean what they mean in the drawn application.
i include, e exclude, m maybe; at full text also O ongoing, W awaiting classification.
e and a number excludes for that reason: e 2. At full text a reason is required.
E lists the reasons. c reads the criteria. r reads the record anew.
n and text stores a note. u takes back your last decision.
A full stop goes to the next that waits, l to the next, h to the one before, : and a number to that record.
% tells how far you are. q leaves; every decision is stored already."""


def _parted(line: str) -> tuple[str, str]:
    """The letter of a line and what follows it; a number may stand at the colon as in the drawn application."""
    word, _, rest = line.strip().partition(" ")
    return (":", word[1:] + rest) if word.startswith(":") else (word, rest)


class PlainDialogue:
    """A dialogue about the reports of a screening session; `ask` gives a line, or None at the end of the input, `say` writes one."""

    def __init__(self, session: ScreeningSession, ask: Callable[[str], str | None], say: Callable[[str], None]) -> None:
        self.session, self.ask, self.say = session, ask, say

    def run(self) -> None:
        """Talk until the reviewer leaves or the input ends."""
        self.say(HELP)
        self._read()
        while (line := self.ask("? for help, your answer: ")) is not None:
            word, rest = _parted(line)
            if word == "q":
                return
            try:
                self._answer(word, rest.strip())
            except PrismaError as error:
                self.say(f"Not done: {one_line(error.message)}")

    def _answer(self, word: str, rest: str) -> None:
        if word in VERDICTS:
            self._decide(VERDICTS[word], rest)
            return
        commands: dict[str, Callable[[], None]] = {
            "u": self._undo,
            "E": lambda: self._write(self._reasons()),
            "c": lambda: self._write(self._criteria()),
            "r": self._read,
            "n": lambda: self._note(rest),
            ".": lambda: self._move(self.session.skip),
            "l": lambda: self._move(lambda: self.session.step(1)),
            "h": lambda: self._move(lambda: self.session.step(-1)),
            ":": lambda: self._jump(rest),
            "%": lambda: self.say(progress_text(self.session.progress())),
            "?": lambda: self.say(HELP),
        }
        commands.get(word, lambda: self.say(f"{one_line(word) or 'An empty line'} is no answer; ? tells which there are."))()

    def _decide(self, verdict: Verdict, number: str) -> None:
        if verdict in FULL_TEXT_ONLY and self.session.stage is Stage.TITLE_ABSTRACT:
            self.say("That belongs to the full text.")
            return
        reason = self._reason(number) if number else None
        if number and reason is None:
            self.say(f"There is no reason {one_line(number)}; E lists them.")
            return
        stored = self.session.decide(verdict, reason.id if reason else "")
        if stored is not None:
            self.say(f"Stored: {verdict_text(stored, self.session.protocol)}.")
        self._read()

    def _reason(self, number: str) -> Reason | None:
        reasons = self.session.protocol.reasons
        return reasons[int(number) - 1] if number.isdecimal() and 1 <= int(number) <= len(reasons) else None

    def _undo(self) -> None:
        taken_back = self.session.undo()
        self.say(
            f"Taken back: {verdict_text(taken_back, self.session.protocol)}." if taken_back else "There is nothing to take back."
        )
        self._read()

    def _note(self, text: str) -> None:
        self.session.note(text)
        self.say("Note stored.")

    def _move(self, step: Callable[[], object]) -> None:
        step()
        self._read()

    def _jump(self, number: str) -> None:
        if number.isdecimal() and self.session.jump(int(number)):
            self._read()
        else:
            self.say(f"Type : and a number from 1 to {len(self.session.path):,}.")

    def _read(self) -> None:
        """Write the present report."""
        shown = self.session.read()
        if shown is None:
            self.say(end_page(self.session.progress(), self.session.stage, self.session.rest).content.plain)
            return
        page = report_page(shown, ())
        self.say("")
        self.say(position_line(self.session, shown).plain)
        self._write(f"Notice: {notice}" for notice in page.notices)
        self.say(page.content.plain)

    def _reasons(self) -> Iterator[str]:
        return (f"{number}: {one_line(reason.label)}" for number, reason in enumerate(self.session.protocol.reasons, 1))

    def _criteria(self) -> Iterator[str]:
        yield from (f"Include when: {one_line(text)}" for text in self.session.protocol.include)
        yield from (f"Exclude when: {one_line(text)}" for text in self.session.protocol.exclude)

    def _write(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.say(line)
