"""Event ids: UUIDv7 (RFC 9562), so that ids sort by time; strictly increasing within a process even if the clock steps back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from uuid import UUID

_RANDOM_BITS = 74
_LOW_BITS = 62
_VERSION = 7


class EventIds:
    """Makes event ids from an injected clock and source of random bits (`random_bits(n)` gives an n-bit integer)."""

    def __init__(self, clock: Callable[[], datetime], random_bits: Callable[[int], int]) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._last = (0, 0)
        self._lock = Lock()

    def __call__(self) -> str:
        """The next id as text."""
        with self._lock:
            self._last = self._next(int(self._clock().timestamp() * 1000))
            return str(_uuid7(*self._last))

    def _next(self, now: int) -> tuple[int, int]:
        milliseconds, tail = self._last
        if now > milliseconds:
            # The top bit stays free, so that many ids within one millisecond can count upward.
            return now, self._random_bits(_RANDOM_BITS - 1)
        return milliseconds, tail + 1 + self._random_bits(16)


def drawn(event_id: str) -> int:
    """When an id was drawn, in microseconds since 1970 (to the millisecond); 0 for what is no UUIDv7."""
    try:
        value = UUID(event_id)
    except ValueError:
        return 0
    return (value.int >> 80) * 1000 if value.version == _VERSION else 0


def _uuid7(milliseconds: int, tail: int) -> UUID:
    high, low = tail >> _LOW_BITS, tail & ((1 << _LOW_BITS) - 1)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | (high & 0xFFF) << 64 | 0b10 << 62 | low)
