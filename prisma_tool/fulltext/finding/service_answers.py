"""What a service answered about one full text, as an attempt in the log, and read back from there.

Pure. Invariant: an answer's words in the log are whole sentences for people, and its fields are enough to go on from after an interruption.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from prisma_tool.fulltext.attempts import AttemptMeans
from prisma_tool.model.log.events import Event
from prisma_tool.model.text import one_line
from prisma_tool.sources.fulltexts.locations import TextVersion, web_address

PUBLISHER = "publisher"
"""The service that is asked nothing: the page that the DOI leads to."""


class TextAnswer(StrEnum):
    """What came of asking a service about a report, or of following an address that it named."""

    RETRIEVED = "retrieved"
    OFFERED = "offered"
    """A copy that a person has to agree to: a submitted version, or one of a version that nobody names."""
    UNSURE = "unsure"
    """A PDF whose first page cannot be read or does not name the report."""
    PAGE = "page"
    """Only a page to read it at."""
    NO_COPY = "no copy"
    NOT_KNOWN = "not known"
    NO_DOCUMENT = "no document"
    """An address that gave something else than a PDF."""


@dataclass(frozen=True, slots=True)
class ServiceAttempt:
    """One answer: by which service, of which kind, the copy's version and licence, its address, and what else is to be said."""

    service: str
    answer: TextAnswer
    version: TextVersion = TextVersion.UNKNOWN
    licence: str = ""
    address: str = ""
    remark: str = ""
    at: datetime | None = None

    def payload(self) -> dict[str, Any]:
        """What the event holds: the sentence first, for whoever reads attempts without knowing of services."""
        fields = {"service": self.service, "answer": self.answer.value, "version": self.version.value, "licence": self.licence}
        more = {"address": self.address, "remark": self.remark}
        return {
            "means": AttemptMeans.TRIED.value,
            "what": self.words,
            **fields,
            **{name: text for name, text in more.items() if text},
        }

    @property
    def words(self) -> str:
        """The answer as a sentence: `PMC: PDF found (published version, CC BY)`."""
        remark = f"; {one_line(self.remark)}" if self.remark else ""
        return one_line(f"{self.service}: {self._what()}{remark}")

    def _what(self) -> str:
        address = f", {self.address}" if self.address else ""
        if self.answer is TextAnswer.RETRIEVED:
            return f"PDF retrieved ({self.copy})"
        if self.answer is TextAnswer.OFFERED:
            return f"offers a copy that waits for your word ({self.copy}){address}"
        if self.answer is TextAnswer.UNSURE:
            return f"a PDF to look at ({self.copy}){address}"
        if self.answer is TextAnswer.PAGE:
            return f"only a page{address}"
        if self.answer is TextAnswer.NO_DOCUMENT:
            return f"no PDF at its address{address}"
        return "no open copy" if self.answer is TextAnswer.NO_COPY else "does not know this report"

    @property
    def copy(self) -> str:
        """The copy's version and licence in words."""
        version = "version not named" if self.version is TextVersion.UNKNOWN else f"{self.version} version"
        return f"{version}, {one_line(self.licence)}" if self.licence else f"{version}, licence not named"


def service_attempts(events: Iterable[Event]) -> list[ServiceAttempt]:
    """Those of the attempts that services answered, in their order; what a newer version wrote otherwise is left out."""
    return [attempt for event in events if event.text("service") and (attempt := _read(event)) is not None]


def _read(event: Event) -> ServiceAttempt | None:
    try:
        answer, version = TextAnswer(event.text("answer")), TextVersion(event.text("version"))
    except ValueError:
        return None
    address = web_address(event.text("address"))
    texts = (one_line(event.text("licence")), address, one_line(event.text("remark")))
    return ServiceAttempt(one_line(event.text("service")), answer, version, *texts, event.at)
