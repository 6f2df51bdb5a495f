"""Votes that are being stored while the next record is shown already.

Invariants: they are stored one after the other, in the order in which they were given; nothing is called stored before the store has
confirmed it, and a vote that it refuses brings its record back, with the sentence that says why.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from prisma_tool.errors import PrismaError
from prisma_tool.tui.screening.position_line import given_text
from prisma_tool.tui.sessions.screening_session import PendingVote
from prisma_tool.tui.widgets.verdict_look import OF_VERDICT

if TYPE_CHECKING:
    from prisma_tool.tui.screening.report_screen import ReportScreen
    from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen

_AT_ONCE = 0.02
"""For so many seconds the next record waits for the answer about the one before.

A database that is near answers within them, and the screen is painted once.
"""
_REFUSED = "The decision was not stored"


class PendingVotes:
    """The votes of one screen that the store has not confirmed yet."""

    def __init__(self, screen: ReportScreen) -> None:
        self._screen = screen
        self._turn = asyncio.Lock()
        self._answers: dict[PendingVote, asyncio.Event] = {}
        self._words: dict[PendingVote, str] = {}
        self._is_refused = False

    def __bool__(self) -> bool:
        return bool(self._answers)

    def send(self, vote: PendingVote) -> None:
        """Store a vote on the report that is shown, beside the interface, after those that were given before."""
        self._answers[vote] = asyncio.Event()
        self._words = {vote: f"{OF_VERDICT[vote.decision.verdict].sign} {vote.decision.verdict}: being stored ..."}
        self._screen.app.run_worker(self._store(vote, self._screen.report), group="votes")

    async def words(self, vote: PendingVote) -> str:
        """What is to be said of a vote, answered or not; empty of one that was refused.

        The answer is waited for, but no longer than nobody notices.
        """
        if vote in self._answers:
            await asyncio.wait([asyncio.create_task(self._answers[vote].wait())], timeout=_AT_ONCE)
        return self._words.get(vote, "")

    async def settle(self) -> bool:
        """Wait until every vote is answered; False where one was refused meanwhile."""
        self._is_refused = False
        while self._answers:
            await next(iter(self._answers.values())).wait()
        return not self._is_refused

    async def _store(self, vote: PendingVote, report: ReportOnScreen | None) -> None:
        session = self._screen.session
        before = self._words[vote]
        try:
            async with self._turn:
                stored = await asyncio.to_thread(session.store, vote)
        except PrismaError as error:
            self._is_refused = True
            session.withdraw(vote)
            self._answered(vote, "")
            self._screen.bring_back(report)
            self._screen.show_error(_REFUSED, error)
        else:
            session.confirm(vote, stored)
            words = given_text(stored, session.protocol, report.view.citation.title if report else "")
            self._answered(vote, words)
            self._screen.confirmed(stored, before, words)

    def _answered(self, vote: PendingVote, words: str) -> None:
        if vote in self._words:
            self._words[vote] = words
        self._answers.pop(vote).set()
