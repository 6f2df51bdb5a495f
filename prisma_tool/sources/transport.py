"""One throttled, patient way to the network.

Invariants: no request leaves faster than the service permits, retries included; every try ends in time, also where a server sends
byte after byte; an answer counts only after `accept` has judged it, whatever its status; keys never appear in a message or in what is kept; of a try that
failed no more than a `Failure` is kept, so that one answer at a time is in memory. The loop is ours, because an adapter's retries would
bypass the throttle and cannot see an error inside a 200.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import TypeVar

import requests

from prisma_tool.errors import Interrupted, SearchRefused
from prisma_tool.model.text import one_line
from prisma_tool.sources.answer_body import ACCEPTED_ENCODING, NETWORK_ERRORS, read_body
from prisma_tool.sources.failures import Failure, TransientError
from prisma_tool.version import VERSION

T = TypeVar("T")

TRIES = 6
"""One try and five more."""
REQUEST_SECONDS = 90.0
"""No request is tried for longer than this in all."""
LONGEST_WAIT = 20.0
CONNECT_SECONDS, READ_SECONDS = 5.0, 12.0
"""Short enough that six stalled tries and the pauses between them stay within `REQUEST_SECONDS`."""
TRY_SECONDS = 45.0
"""A single try is given up after this, however steadily its answer drips in; a silent socket is given up long before."""
_ELSEWHERE = range(300, 400)
"""Statuses of redirections. They are not followed: data comes from the service that was asked, and the key goes nowhere else."""
USER_AGENT = f"prisma-tool/{VERSION} (systematic review software)"


@dataclass(frozen=True, slots=True)
class Ask:
    """A request: where to, and with what. POST parameters travel in the body, so that long strategies fit.

    `secret` is the one parameter value that nothing may repeat or keep, should the service echo it. `divisible` says that the same could
    be asked for in smaller portions, which is then preferred to asking for all of it again. An answer of more than `largest` bytes (0: of
    what no answer exceeds) is not read to its end, and not asked for again where the bound is given.
    """

    url: str
    parameters: Mapping[str, str]
    post: bool = False
    name: str = ""
    secret: str = ""
    divisible: bool = False
    largest: int = 0

    def gives_up_at(self, failure: Failure) -> bool:
        """Whether another try of the same would be in vain."""
        return (failure.heavy and self.divisible) or (failure.too_large and self.largest > 0)


@dataclass(frozen=True, slots=True)
class ServiceAnswer:
    """What came back."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def excerpt(self) -> str:
        """The beginning of the body in one harmless line, for messages."""
        return one_line(self.body[:400].decode("utf-8", "replace"))[:160]


class TooMuchError(Exception):
    """The service could not deliver all of a divisible request in time, or sends more than is taken."""


class Throttle:
    """Lets one request pass every `interval` seconds; shared by all threads that talk to a service.

    The interval counts from when a request really left, so that a late one does not push the next ones together.
    """

    def __init__(self, interval: float, clock: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self._interval, self._clock, self._sleep = interval, clock, sleep
        self._next = 0.0
        self._lock = Lock()

    def wait(self) -> None:
        """Return when the next request may leave."""
        with self._lock:
            now = self._clock()
            start = max(now, self._next)
            if start > now:
                self._sleep(start - now)
            self._next = max(start, self._clock()) + self._interval


@dataclass(slots=True)
class Transport:
    """Sends requests to one service. `requests_sent` counts every try, `latest_seconds` is what the latest answer took."""

    service: str
    session: requests.Session
    throttle: Throttle
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    requests_sent: int = 0
    latest_seconds: float = 0.0
    _counting: Lock = field(default_factory=Lock, repr=False)

    def fetch(self, ask: Ask, accept: Callable[[ServiceAnswer], T]) -> T:
        """What `accept` makes of the first good answer.

        `accept` raises `TransientError` for an answer worth another try and `SearchRefused` for a final one.

        Raises:
            SearchRefused: the service will not answer this question.
            TooMuchError: a divisible request was too much for it, or an answer larger than `largest`.
            Interrupted: it gave no good answer in six tries or 90 seconds; trying again later resumes.
        """
        started = self.clock()
        failures: list[Failure] = []
        while True:
            try:
                return accept(_without(ask.secret, self._send(ask, REQUEST_SECONDS - (self.clock() - started))))
            except TransientError as error:
                failures.append(error.failure)
            if ask.gives_up_at(failures[-1]):
                raise TooMuchError(failures[-1].reason)
            pause = _pause(failures)
            if len(failures) >= TRIES or self.clock() - started + pause > REQUEST_SECONDS:
                raise self._given_up(ask, failures)
            self.sleep(pause)

    def _send(self, ask: Ask, seconds: float) -> ServiceAnswer:
        """One try, given up after `seconds` or `TRY_SECONDS`. It runs in a thread, for nothing else stops an answer that drips in."""
        self.throttle.wait()
        with self._counting:
            self.requests_sent += 1
        results: SimpleQueue[ServiceAnswer | Failure] = SimpleQueue()
        left, abandoned = self.clock(), Event()
        Thread(target=lambda: results.put(self._exchange(ask, abandoned)), name=f"ask {self.service}", daemon=True).start()
        try:
            answer = results.get(timeout=min(TRY_SECONDS, max(seconds, 0.1)))
        except Empty:
            # Otherwise its thread would go on collecting what comes, beside those of the next tries.
            abandoned.set()
            raise TransientError("the answer was not complete in time", heavy=True) from None
        self.latest_seconds = self.clock() - left
        if isinstance(answer, Failure):
            error = TransientError(answer.reason)
            error.failure = answer
            raise error
        return answer

    def _exchange(self, ask: Ask, abandoned: Event) -> ServiceAnswer | Failure:
        try:
            with self.session.request(
                "POST" if ask.post else "GET",
                ask.url,
                params=None if ask.post else dict(ask.parameters),
                data=dict(ask.parameters) if ask.post else None,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                headers={"User-Agent": USER_AGENT, "Accept-Encoding": ACCEPTED_ENCODING},
                stream=True,
            ) as response:
                return ServiceAnswer(response.status_code, read_body(response, abandoned.is_set, ask.largest), response.headers)
        except TransientError as error:
            return error.failure
        except NETWORK_ERRORS as error:
            # The library's own words may quote the address with its parameters, so only the kind of trouble is told.
            return Failure(_trouble(error), heavy=isinstance(error, requests.exceptions.ReadTimeout))

    def _given_up(self, ask: Ask, failures: list[Failure]) -> Exception:
        last = failures[-1].reason.rstrip(".")
        what = f"{self.service} ({ask.name or ask.url})"
        if len(failures) >= TRIES and all(failure.blames_question for failure in failures):
            return SearchRefused(f"{what} refuses this question every time: {last}. Check the strategy.")
        return Interrupted(f"{what} gave no usable answer in {len(failures)} tries; the last: {last}.")


def _without(secret: str, answer: ServiceAnswer) -> ServiceAnswer:
    """The answer as it came, but for an echo of the secret: neither a complaint nor what is kept of a good answer repeats it."""
    if not secret or secret.encode() not in answer.body:
        return answer
    return replace(answer, body=re.sub(rb"(?<!\w)%s(?!\w)" % re.escape(secret.encode()), b"...", answer.body))


def _pause(failures: list[Failure]) -> float:
    seconds = failures[-1].retry_after
    return seconds if seconds is not None else min(0.5 * 2 ** (len(failures) - 1), LONGEST_WAIT)


def _trouble(error: Exception) -> str:
    kinds = (
        (requests.exceptions.SSLError, "the secure connection could not be set up"),
        (requests.exceptions.ProxyError, "the proxy did not answer"),
        (requests.exceptions.ConnectTimeout, "no connection within the time allowed"),
        (requests.exceptions.ReadTimeout, "the answer stalled"),
        (requests.exceptions.ConnectionError, "no connection (is there a network?)"),
    )
    return next((description for kind, description in kinds if isinstance(error, kind)), type(error).__name__)


def judge_status(answer: ServiceAnswer) -> None:
    """Reject answers whose status alone says that another try is due.

    Raises:
        TransientError: 429 and 503 (honouring Retry-After), 5xx, redirects and other unexpected statuses.
    """
    if answer.status == requests.codes.too_many_requests:
        raise TransientError("too many requests", retry_after=_seconds(answer.headers.get("Retry-After", "")))
    if answer.status == requests.codes.service_unavailable:
        raise TransientError("status 503", retry_after=_seconds(answer.headers.get("Retry-After", "")))
    if answer.status in _ELSEWHERE:
        raise TransientError(f"status {answer.status}, which sends us elsewhere (does this network want a log-in first?)")
    if answer.status != requests.codes.ok:
        raise TransientError(f"status {answer.status}", heavy=answer.status == requests.codes.gateway_timeout)


def _seconds(text: str) -> float | None:
    # A pause that outlasts the request's whole time would only end the run: it is cut to what can still be waited.
    return min(float(text), REQUEST_SECONDS - 1) if text.strip().isdecimal() else None
