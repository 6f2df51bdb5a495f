"""The search for one full text: which service is next, which of its copies is fetched, and what is said of each.

Pure. Invariant: what a service led to is complete before it is stored, so that a search which was interrupted goes on with the service after the
last that is in the log.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from prisma_tool.fulltext.finding.document_check import OTHER_WORK
from prisma_tool.fulltext.finding.service_answers import PUBLISHER, ServiceAttempt, TextAnswer
from prisma_tool.fulltext.links import doi_address
from prisma_tool.sources.fulltexts.download import MOST_HOPS, Hop
from prisma_tool.sources.fulltexts.locations import TextLocation, TextQuestion, TextReply, TextVersion

MOST_COPIES = 3
"""So many addresses of one service are tried for a report."""
_TAKEN = frozenset({TextVersion.PUBLISHED, TextVersion.ACCEPTED})


@dataclass(frozen=True, slots=True)
class WantedText:
    """A report whose full text is wanted, and what services answered about it lately."""

    key: str
    question: TextQuestion
    titles: tuple[str, ...]
    is_preprint: bool
    answered: tuple[ServiceAttempt, ...] = ()

    @property
    def is_offered(self) -> bool:
        """True where a copy was offered whose address nothing has been tried at since."""
        last = {one.address: one.answer for one in self.answered}
        return TextAnswer.OFFERED in last.values()


@dataclass(slots=True)
class ReportSearch:
    """The state of one search. `takes_any` says that a person agreed to copies of any version."""

    wanted: WantedText
    services: list[str]
    takes_any: bool = False
    service: str = ""
    copies: list[TextLocation] = field(default_factory=list)
    attempts: list[ServiceAttempt] = field(default_factory=list)
    document: bytes = b""
    retracted: str = ""
    """The service that calls the report retracted, until that is stored."""
    _held: list[ServiceAttempt] = field(default_factory=list)
    _address: str = ""
    _hops: int = 0
    _offered_by: dict[str, str] = field(default_factory=dict)
    _tried: set[str] = field(default_factory=set)

    def begin(self) -> None:
        """Leave out the services that answered lately; take up the copies that they offered and a person agreed to since."""
        answered = {attempt.service for attempt in self.wanted.answered}
        self.services = [name for name in self.services if name not in answered]
        if self.takes_any:
            offers = [one for one in self.wanted.answered if one.answer is TextAnswer.OFFERED and one.address]
            self.copies = [TextLocation(one.address, "", one.version, one.licence) for one in offers]
            self._offered_by = {one.address: one.service for one in offers}

    @property
    def is_answered(self) -> bool:
        """True where all that can be asked was answered lately, and nothing is to be fetched."""
        return bool(self.wanted.answered) and not self.services and not self.address

    @property
    def address(self) -> str:
        """The address to be fetched now; empty where there is none."""
        return self._address or (self.copies[0].pdf if self.copies else "")

    def answer(self, reply: TextReply | None) -> None:
        """Take in what the service knows of the report; None where it does not list it."""
        reply = reply or TextReply(known=False)
        self.retracted = self.service if reply.retracted else self.retracted
        fresh = [one for one in reply.locations if (one.pdf or one.page) not in self._tried]
        with_pdf = [one for one in fresh if one.pdf]
        self.copies = [one for one in with_pdf if self._may_take(one)][:MOST_COPIES]
        offered = [one for one in with_pdf if not self._may_take(one)][:1]
        self._held = [self._attempt(TextAnswer.OFFERED, one, one.pdf) for one in offered]
        if not with_pdf:
            pages = [one for one in fresh if one.page][:1]
            self._held = [self._attempt(TextAnswer.PAGE, one, one.page) for one in pages] or [self._nothing(reply)]

    def _may_take(self, copy: TextLocation) -> bool:
        return self.takes_any or copy.version in _TAKEN or (self.wanted.is_preprint and copy.version is TextVersion.SUBMITTED)

    def _nothing(self, reply: TextReply) -> ServiceAttempt:
        answer = TextAnswer.NO_COPY if reply.known else TextAnswer.NOT_KNOWN
        remark = reply.remark or ("its copies were tried before" if reply.locations else "")
        return ServiceAttempt(self.service, answer, remark=remark)

    def hop(self, hop: Hop) -> bytes:
        """Take in what an address gave; returns the document that has to be looked at, nothing where there is none."""
        if hop.further and self._hops < MOST_HOPS:
            self._hops += 1
            self._address = hop.further
            return b""
        if hop.document:
            return hop.document
        self._drop(TextAnswer.NO_DOCUMENT, hop.problem or f"more than {MOST_HOPS} redirections")
        return b""

    def check(self, document: bytes, problem: str) -> None:
        """Take in whether the document is the report."""
        if problem:
            # A document of another work is no copy; one that cannot be read may be.
            self._drop(TextAnswer.NO_DOCUMENT if problem == OTHER_WORK else TextAnswer.UNSURE, problem)
            return
        self.document = document
        self.attempts.append(self._attempt(TextAnswer.RETRIEVED, self.copies[0], self.copies[0].pdf))
        self.copies, self._held = [], []

    def _drop(self, answer: TextAnswer, remark: str) -> None:
        copy = self.copies.pop(0)
        self._tried.add(copy.pdf)
        self._address, self._hops = "", 0
        self.attempts.append(self._attempt(answer, copy, copy.pdf, remark))

    def _attempt(self, answer: TextAnswer, copy: TextLocation, address: str, remark: str = "") -> ServiceAttempt:
        service = self._offered_by.get(copy.pdf, self.service)
        return ServiceAttempt(service, answer, copy.version, copy.licence, address, remark)

    def finished_service(self) -> list[ServiceAttempt]:
        """All that the service led to, once nothing of it is left to fetch."""
        attempts, self.attempts, self._held = [*self.attempts, *self._held], [], []
        return attempts

    def next_service(self) -> str:
        """Go on with the next service; empty where none is left."""
        self.service = self.services.pop(0) if self.services else ""
        return self.service

    def publisher_page(self) -> ServiceAttempt | None:
        """The page that the DOI leads to, for a person; None where it is in the log already or there is no DOI."""
        doi = self.wanted.question.doi
        known = any(attempt.service == PUBLISHER for attempt in self.wanted.answered)
        return None if known or not doi else ServiceAttempt(PUBLISHER, TextAnswer.PAGE, address=doi_address(doi))
