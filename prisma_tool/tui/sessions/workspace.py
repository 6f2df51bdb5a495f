"""What all places of the application share: the review, its reviewer, and the sessions that go on when one leaves a place and returns.

Invariant: a session (queue, pairs, suggestions) is read once and kept, so that coming back to a place finds it as it was left.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review
from prisma_tool.tui.sessions.relevance_session import RelevanceSession
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.sessions.search_session import SearchSession
from prisma_tool.tui.sessions.seen_joins import SeenJoins

if TYPE_CHECKING:
    from prisma_tool.identify.run.full_text_clients import TextClients
    from prisma_tool.identify.run.services import Services
    from prisma_tool.tui.sessions.adjudication_session import AdjudicationSession
    from prisma_tool.tui.sessions.duplicates_session import DuplicatesSession
    from prisma_tool.tui.sessions.study_links_session import StudyLinksSession


class Workspace:
    """The review as `reviewer` works on it; `connect` makes the clients of the services, in the thread that will use them."""

    def __init__(self, review: Review, reviewer: str, connect: Callable[[], Services] | None = None) -> None:
        self.reviewer = reviewer
        self.connect = connect or self._services
        self.work_on(review)

    def work_on(self, review: Review) -> None:
        """Begin anew with this review: every session is read again when somebody next goes to its place."""
        self.review = review
        self.seen_joins = SeenJoins(review.cache, self.reviewer)
        self.searches = SearchSession(review, self.reviewer, self.connect)
        self._screening_sessions: dict[Stage, ScreeningSession] = {}
        self._duplicates: DuplicatesSession | None = None
        self._study_links: StudyLinksSession | None = None
        self._adjudication: AdjudicationSession | None = None
        self._ordering: RelevanceSession | None = None

    def _services(self) -> Services:
        from prisma_tool.identify.run.services import services

        return services(self.review.environment)

    def text_clients(self) -> TextClients:
        """The services that full texts are looked for by; made in the thread that will use them."""
        from prisma_tool.identify.run import full_text_clients

        return full_text_clients.text_clients(self.review.environment)

    def ordering(self) -> RelevanceSession:
        """The order of the title/abstract queue.

        Raises:
            StoreError: it cannot be read.
        """
        if self._ordering is None:
            self._ordering = RelevanceSession(self.review, self.reviewer)
            self._ordering.resume()
        return self._ordering

    def screening_session(self, stage: Stage) -> ScreeningSession:
        """The reviewer's screening session at a stage.

        Raises:
            StoreError: the queue cannot be read.
        """
        session = self.opening_session(stage)
        session.begin()
        return session

    def opening_session(self, stage: Stage) -> ScreeningSession:
        """The reviewer's screening session at a stage, which may not have begun: its first report is shown before its queue is read.

        Raises:
            StoreError: its first report cannot be read.
        """
        if stage not in self._screening_sessions:
            ahead = stage is Stage.TITLE_ABSTRACT
            self._screening_sessions[stage] = ScreeningSession(self.review, stage, self.reviewer, ahead=ahead)
        return self._screening_sessions[stage]

    @property
    def screening_sessions(self) -> tuple[ScreeningSession, ...]:
        """The screening sessions that were begun so far."""
        return tuple(session for session in self._screening_sessions.values() if session.first is None)

    def counted(self) -> frozenset[str]:
        """The ids of this sitting's decisions which every queue has counted: of two queues, one does not know what the other decided."""
        sessions = self.screening_sessions
        return frozenset(event.id for event in sessions[0].given) if len(sessions) == 1 else frozenset()

    def duplicates(self) -> DuplicatesSession:
        """The uncertain pairs, and the least certain joined ones.

        Raises:
            StoreError: they cannot be read.
        """
        # Matching needs libraries that screening does not; the first record need not wait for them.
        from prisma_tool.tui.sessions.duplicates_session import DuplicatesSession

        self._duplicates = self._duplicates or DuplicatesSession(self.review, self.reviewer, self.seen_joins)
        return self._duplicates

    def study_links(self) -> StudyLinksSession:
        """The suggestions which reports belong to one study.

        Raises:
            StoreError: they cannot be read.
        """
        from prisma_tool.tui.sessions.study_links_session import StudyLinksSession

        self._study_links = self._study_links or StudyLinksSession(self.review, self.reviewer)
        return self._study_links

    def adjudication(self) -> AdjudicationSession:
        """The conflicts between reviewers.

        Raises:
            StoreError: they cannot be read.
        """
        from prisma_tool.tui.sessions.adjudication_session import AdjudicationSession

        self._adjudication = self._adjudication or AdjudicationSession(self.review, self.reviewer)
        return self._adjudication
