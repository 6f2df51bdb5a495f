"""The way to the network: never too fast, patient within its bounds, and silent about keys. Real sockets, a clock that only sleeps move."""

from __future__ import annotations

import gc
import gzip
import random
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
import requests
import service
from faults import Fault, FaultPlan
from service import Request, StandIn, text_answer

from prisma_tool.errors import Interrupted, SearchRefused
from prisma_tool.sources import answer_body, transport
from prisma_tool.sources.failures import TransientError
from prisma_tool.sources.transport import (
    LONGEST_WAIT,
    TRIES,
    Ask,
    ServiceAnswer,
    Throttle,
    TooMuchError,
    Transport,
    judge_status,
)

INTERVAL = 3.0
KEY = "0123456789abcdef0123456789abcdef0123"


class Clock:
    """Stands still except while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Scripted(StandIn):
    """Gives the answers in their order, the last one again and again; each takes `seconds` of the clock."""

    def __init__(self, clock: Clock, *answers: service.Answer, faults: FaultPlan | None = None, seconds: float = 0.0) -> None:
        super().__init__(faults=faults, clock=clock)
        self._answers, self._seconds, self._moving = answers, seconds, clock

    def answer(self, request: Request) -> service.Answer:
        self._moving.sleep(self._seconds)
        return self._answers[min(request.number, len(self._answers)) - 1]

    @property
    def times(self) -> list[float]:
        return [request.time for request in self.requests]


class Noting(requests.Session):
    """A session that notes how it was used."""

    def __init__(self) -> None:
        super().__init__()
        self.used: list[dict[str, Any]] = []

    def request(self, *arguments: Any, **named: Any) -> requests.Response:
        self.used.append(named)
        return super().request(*arguments, **named)


class Line:
    """A transport to a scripted server."""

    def __init__(self, stack: ExitStack, *answers: service.Answer, faults: FaultPlan | None = None, seconds: float = 0.0) -> None:
        self.clock = Clock()
        self.server = stack.enter_context(Scripted(self.clock, *answers, faults=faults, seconds=seconds))
        self.session = stack.enter_context(Noting())
        throttle = Throttle(INTERVAL, self.clock, self.clock.sleep)
        self.transport = Transport("Service", self.session, throttle, self.clock, self.clock.sleep)

    def fetch(self, accept: Callable[[ServiceAnswer], str] | None = None, **parameters: str) -> str:
        ask = Ask(f"{self.server.url}/ask", parameters, name="ask", secret=parameters.get("api_key", ""))
        return self.transport.fetch(ask, accept or body)


MakeLine = Callable[..., Line]


@pytest.fixture
def line() -> Iterator[MakeLine]:
    with ExitStack() as stack:
        yield lambda *answers, **named: Line(stack, *answers, **named)


def body(answer: ServiceAnswer) -> str:
    judge_status(answer)
    return answer.body.decode()


GOOD = text_answer(200, "good")
BUSY = text_answer(503, "busy")


def test_no_request_leaves_faster_than_permitted_retries_included(line: MakeLine) -> None:
    wire = line(GOOD, faults=FaultPlan.at({1: Fault.RESET, 2: Fault.UNAVAILABLE, 4: Fault.CUT_SHORT}))
    assert [wire.fetch() for _ in range(3)] == ["good"] * 3
    times = wire.server.times
    assert len(times) == wire.transport.requests_sent == 6
    assert all(later - earlier >= INTERVAL for earlier, later in pairwise(times))


def test_threads_that_share_a_throttle_share_its_pace() -> None:
    waits: list[float] = []
    throttle = Throttle(0.5, lambda: 0.0, waits.append)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: throttle.wait(), range(20)))
    assert sorted(waits) == [0.5 * number for number in range(1, 20)]


@pytest.mark.parametrize(("header", "wait"), [("7", 7.0), ("45", 45.0), ("9999", 89.0)])
def test_the_wait_that_the_service_asks_for_is_kept_within_the_time_of_a_request(
    line: MakeLine, header: str, wait: float
) -> None:
    wire = line(text_answer(429, "", headers={"Retry-After": header}), GOOD)
    assert wire.fetch() == "good"
    assert wire.server.times == [0.0, wait]


def test_a_service_that_is_unavailable_may_say_for_how_long(line: MakeLine) -> None:
    wire = line(text_answer(503, "", headers={"Retry-After": "7"}), GOOD)
    assert wire.fetch() == "good"
    assert wire.server.times == [0.0, 7.0]


@pytest.mark.parametrize("header", ["soon", "\N{SUPERSCRIPT TWO}", "-1", ""])
def test_a_wait_that_cannot_be_read_is_replaced_by_our_own(line: MakeLine, header: str) -> None:
    wire = line(text_answer(429, "", headers={"Retry-After": header}), GOOD)
    assert wire.fetch() == "good"
    assert wire.server.times == [0.0, INTERVAL]


def test_a_socket_that_stays_silent_is_given_up_and_tried_again(line: MakeLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 0.2)
    wire = line(GOOD, faults=FaultPlan.at({1: Fault.STALL}))
    assert wire.fetch() == "good"
    assert len(wire.server.requests) == 2


def test_an_answer_that_drips_in_is_given_up_and_tried_again(line: MakeLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "TRY_SECONDS", 0.3)
    wire = line(GOOD, faults=FaultPlan.at({1: Fault.DRIP}))
    wire.server.drip_seconds = 0.05
    assert wire.fetch() == "good"
    assert len(wire.server.requests) == 2


def test_an_answer_without_end_is_given_up(line: MakeLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answer_body, "LARGEST_ANSWER", 1_000)
    wire = line(text_answer(200, "x" * 2_000))
    with pytest.raises(Interrupted, match="without end"):
        wire.fetch()
    assert len(wire.server.requests) == TRIES


def test_what_is_too_large_is_asked_for_in_smaller_portions_where_it_can_be(
    line: MakeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_body, "LARGEST_ANSWER", 1_000)
    wire = line(text_answer(200, "x" * 2_000))
    with pytest.raises(TooMuchError, match="without end"):
        wire.transport.fetch(Ask(f"{wire.server.url}/ask", {}, divisible=True), body)
    assert len(wire.server.requests) == 1


def zipped(*members: bytes) -> service.Answer:
    return service.Answer(200, "text/plain", b"".join(map(gzip.compress, members)), {"Content-Encoding": "gzip"})


def test_a_compressed_answer_is_read_whole_however_many_members_it_has(line: MakeLine) -> None:
    parts = [random.Random(1).randbytes(300_000).hex(), "", "y" * 65_536, "z"]
    assert line(zipped(*map(str.encode, parts))).fetch() == "".join(parts)


def test_a_compressed_answer_that_ends_in_its_middle_is_tried_again(line: MakeLine) -> None:
    whole = zipped(b"good")
    assert line(replace(whole, body=whole.body[:-6]), replace(whole, body=b"no gzip"), whole).fetch() == "good"


def test_an_answer_in_a_compression_that_was_not_asked_for_is_tried_again(line: MakeLine) -> None:
    assert line(replace(GOOD, headers={"Content-Encoding": "br"}), GOOD).fetch() == "good"


def test_a_small_answer_that_inflates_without_end_costs_no_more_than_the_largest_answer(
    line: MakeLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer_body, "LARGEST_ANSWER", 2_000_000)
    wire = line(zipped(bytes(60_000_000)))
    tracemalloc.start()
    try:
        with pytest.raises(Interrupted, match="without end"):
            wire.fetch()
        assert tracemalloc.get_traced_memory()[1] < 6_000_000
    finally:
        tracemalloc.stop()
    assert len(wire.server.requests) == TRIES


def test_members_without_content_are_bounded_by_what_was_sent(monkeypatch: pytest.MonkeyPatch, line: MakeLine) -> None:
    monkeypatch.setattr(answer_body, "LARGEST_ANSWER", 1_000)
    with pytest.raises(Interrupted, match="without end"):
        line(zipped(*[b""] * 60)).fetch()


def test_no_answer_of_an_earlier_try_is_kept_alive_by_its_failure(line: MakeLine) -> None:
    alive = []

    def judge(answer: ServiceAnswer) -> str:
        alive.append(sum(type(one) is ServiceAnswer for one in gc.get_objects()))
        judge_status(answer)
        raise AssertionError

    gc.collect()
    gc.disable()
    try:
        with pytest.raises(Interrupted):
            line(BUSY).fetch(judge)
    finally:
        gc.enable()
    assert alive == [1] * TRIES


def test_an_answer_that_nobody_waits_for_any_longer_is_read_no_further(line: MakeLine) -> None:
    wire = line(text_answer(200, "x" * 500_000))
    with wire.session.get(f"{wire.server.url}/ask", stream=True) as response:
        with pytest.raises(TransientError, match="in time"):
            answer_body.read_body(response, lambda: True)
        assert response.raw.tell() < 500_000


@pytest.mark.parametrize("fault", [Fault.CUT_SHORT, Fault.STALL])
def test_what_can_be_asked_for_in_smaller_portions_is_not_asked_for_again_in_whole(
    line: MakeLine, monkeypatch: pytest.MonkeyPatch, fault: Fault
) -> None:
    monkeypatch.setattr(transport, "READ_SECONDS", 0.1)
    wire = line(GOOD, faults=FaultPlan.always(fault))
    with pytest.raises(TooMuchError):
        wire.transport.fetch(Ask(f"{wire.server.url}/ask", {}, divisible=True), body)
    assert len(wire.server.requests) == 1


def test_a_request_that_left_late_does_not_push_the_next_ones_together() -> None:
    clock = Clock()
    throttle = Throttle(1.0, clock, lambda seconds: clock.sleep(seconds + 0.4))
    left = []
    for _ in range(4):
        throttle.wait()
        left.append(clock())
    assert all(later - earlier >= 1.0 for earlier, later in pairwise(left))


def test_after_six_tries_the_work_is_interrupted_and_says_what_came_last(line: MakeLine) -> None:
    wire = line(BUSY)
    with pytest.raises(Interrupted, match="status 503"):
        wire.fetch()
    times = wire.server.times
    assert len(times) == TRIES == 6
    assert times[-1] <= 90.0
    assert max(later - earlier for earlier, later in pairwise(times)) <= LONGEST_WAIT


def test_no_try_begins_after_ninety_seconds(line: MakeLine) -> None:
    wire = line(BUSY, seconds=28.0)
    with pytest.raises(Interrupted):
        wire.fetch()
    assert 2 <= len(wire.server.times) < TRIES
    assert wire.server.times[-1] <= 90.0


@pytest.mark.parametrize(("other", "outcome"), [(True, SearchRefused), (False, Interrupted)])
def test_only_an_error_that_names_the_term_on_every_try_is_final(line: MakeLine, other: bool, outcome: type[Exception]) -> None:
    wire = line(text_answer(200, "first"), text_answer(200, "next"))

    def judge(answer: ServiceAnswer) -> str:
        raise TransientError("syntax error in the term", blames_question=other or answer.body != b"first")

    with pytest.raises(outcome):
        wire.fetch(judge)
    assert len(wire.server.requests) == TRIES


@pytest.mark.parametrize("fault", [Fault.RESET, Fault.CUT_SHORT, Fault.SERVER_ERROR, Fault.BAD_GATEWAY, Fault.UNAVAILABLE])
def test_a_connection_that_breaks_once_is_tried_again(line: MakeLine, fault: Fault) -> None:
    wire = line(GOOD, faults=FaultPlan.at({1: fault}))
    assert wire.fetch() == "good"


@pytest.mark.parametrize("padding", [0, 130, 150, 158, 380])
def test_no_message_repeats_the_key_or_a_part_of_it(line: MakeLine, padding: int) -> None:
    def refuse(answer: ServiceAnswer) -> str:
        raise (SearchRefused if padding == 130 else TransientError)(f"said: {answer.excerpt}")

    wire = line(text_answer(200, f"{'x' * padding} api-key={KEY} is wrong"))
    with pytest.raises((Interrupted, SearchRefused)) as caught:
        wire.fetch(refuse, api_key=KEY)
    assert not any(KEY[start : start + 4] in caught.value.message for start in range(len(KEY) - 3))


def test_an_unreachable_service_is_told_without_its_address_and_key(line: MakeLine) -> None:
    wire = line(GOOD)
    nowhere = wire.server.url
    wire.server.stop()
    with pytest.raises(Interrupted, match="no connection") as caught:
        wire.transport.fetch(Ask(nowhere, {"api_key": KEY}, name="ask", secret=KEY), body)
    assert KEY not in caught.value.message
    assert "127.0.0.1" not in caught.value.message


def test_every_request_has_a_timeout_and_follows_no_redirect(line: MakeLine) -> None:
    wire = line(text_answer(302, "", headers={"Location": "/elsewhere"}), GOOD)
    assert wire.fetch() == "good"
    assert [request.endpoint for request in wire.server.requests] == ["ask", "ask"]
    assert all(all(seconds and seconds < 90 for seconds in used["timeout"]) for used in wire.session.used)


@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_redirection_is_told_as_the_log_in_page_that_it_probably_is(status: int) -> None:
    with pytest.raises(TransientError, match=f"status {status}.*log-in"):
        judge_status(ServiceAnswer(status, b""))
