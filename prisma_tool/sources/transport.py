"""One throttled, patient way to the network.

Invariants: no request leaves faster than the service permits, retries included; every request has a timeout; an answer counts only
after `accept` has judged it, whatever its status; keys never appear in a message. The loop is ours, because an adapter's retries
would bypass the throttle and cannot see an error inside a 200.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TypeVar

import requests

from prisma_tool.errors import Interrupted, SearchRefused
from prisma_tool.model.text import one_line
from prisma_tool.version import VERSION

T = TypeVar("T")

TRIES = 6
"""One try and at least five more (design.md, Talking to the services)."""
REQUEST_SECONDS = 90.0
"""No request is tried for longer than this in all."""
LONGEST_WAIT = 20.0
CONNECT_SECONDS, READ_SECONDS = 5.0, 12.0
"""Short enough that six stalled tries and the pauses between them stay within `REQUEST_SECONDS`."""
USER_AGENT = f"prisma-tool/{VERSION} (systematic review software)"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: where to, and with what. POST parameters travel in the body, so that long strategies fit.

    `secret` is the one parameter value that no message may repeat, should the service echo it.
    """

    url: str
    parameters: Mapping[str, str]
    post: bool = False
    name: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def excerpt(self) -> str:
        """The beginning of the body in one harmless line, for messages."""
        return one_line(self.body[:400].decode("utf-8", "replace"))[:160]


class TransientError(Exception):
    """This try failed; another may not. `blames_question` marks answers that name the term as the trouble."""

    def __init__(self, reason: str, *, retry_after: float | None = None, blames_question: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.retry_after, self.blames_question = reason, retry_after, blames_question


class Throttle:
    """Lets one request pass every `interval` seconds; shared by all threads that talk to a service."""

    def __init__(self, interval: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._interval, self._clock, self._sleep = interval, clock, sleep
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next request may leave."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            self._next = start + self._interval
        if start > now:
            self._sleep(start - now)


@dataclass(slots=True)
class Transport:
    """Sends requests to one service. `requests_sent` counts every try."""

    service: str
    session: requests.Session
    throttle: Throttle
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    requests_sent: int = 0

    def fetch(self, ask: Ask, accept: Callable[[Answer], T]) -> T:
        """What `accept` makes of the first good answer.

        `accept` raises `TransientError` for an answer worth another try and `SearchRefused` for a final one.

        Raises:
            SearchRefused: the service will not answer this question.
            Interrupted: it gave no good answer in six tries or 90 seconds; trying again later resumes.
        """
        started = self.clock()
        failures: list[TransientError] = []
        while True:
            try:
                return _judged(self._send(ask), ask.secret, accept)
            except TransientError as failure:
                failures.append(failure)
            pause = _pause(failures)
            if len(failures) >= TRIES or self.clock() - started + pause > REQUEST_SECONDS:
                raise self._given_up(ask, failures)
            self.sleep(pause)

    def _send(self, ask: Ask) -> Answer:
        self.throttle.wait()
        self.requests_sent += 1
        try:
            response = self.session.request(
                "POST" if ask.post else "GET",
                ask.url,
                params=None if ask.post else dict(ask.parameters),
                data=dict(ask.parameters) if ask.post else None,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                headers={"User-Agent": USER_AGENT},
            )
        except requests.RequestException as error:
            # The library's own words may quote the address with its parameters, so only the kind of trouble is told.
            raise TransientError(_trouble(error)) from None
        return Answer(response.status_code, response.content, response.headers)

    def _given_up(self, ask: Ask, failures: list[TransientError]) -> Exception:
        last = failures[-1].reason
        what = f"{self.service} ({ask.name or ask.url})"
        if len(failures) >= TRIES and all(failure.blames_question for failure in failures):
            return SearchRefused(f"{what} refuses this question every time: {last}. Check the strategy.")
        return Interrupted(f"{what} gave no usable answer in {len(failures)} tries; the last: {last}.")


def _judged(answer: Answer, secret: str, accept: Callable[[Answer], T]) -> T:
    """What `accept` makes of an answer; what it complains about never holds the secret, not even a part of it."""
    try:
        return accept(answer)
    except (TransientError, SearchRefused):
        redacted = re.sub(rb"(?<!\w)%s(?!\w)" % re.escape(secret.encode()), b"...", answer.body) if secret else answer.body
        if redacted == answer.body:
            raise
    # Judged again without the echo, because an excerpt of the first complaint may have been cut in the middle of the secret.
    return accept(replace(answer, body=redacted))


def _pause(failures: list[TransientError]) -> float:
    told = failures[-1].retry_after
    return told if told is not None else min(0.5 * 2 ** (len(failures) - 1), LONGEST_WAIT)


def _trouble(error: requests.RequestException) -> str:
    kinds = (
        (requests.exceptions.SSLError, "the secure connection could not be set up"),
        (requests.exceptions.ProxyError, "the proxy did not answer"),
        (requests.exceptions.ConnectTimeout, "no connection within the time allowed"),
        (requests.exceptions.ReadTimeout, "the answer stalled"),
        (requests.exceptions.ChunkedEncodingError, "the answer broke off"),
        (requests.exceptions.ConnectionError, "no connection (is there a network?)"),
    )
    return next((words for kind, words in kinds if isinstance(error, kind)), type(error).__name__)


def judge_status(answer: Answer) -> None:
    """Reject answers whose status alone says that another try is due.

    Raises:
        TransientError: 429 (honouring Retry-After), 5xx, redirects and other unexpected statuses.
    """
    if answer.status == requests.codes.too_many_requests:
        raise TransientError("too many requests", retry_after=_seconds(answer.headers.get("Retry-After", "")))
    if answer.status != requests.codes.ok:
        raise TransientError(f"status {answer.status}")


def _seconds(text: str) -> float | None:
    # A pause that outlasts the request's whole time would only end the run: it is cut to what can still be waited.
    return min(float(text), REQUEST_SECONDS - 1) if text.strip().isdecimal() else None
