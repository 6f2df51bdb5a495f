"""Dividing what is to be asked for into portions that the service can bear: halved when it fails on one, doubled when it copes again.

Invariant: each id is in exactly one portion that is out, given back, or still to come; so several threads may share the work. They
do so only while the service is slow: a quick one is asked in order, one request after the other.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from threading import Condition


class Size:
    """A number of records to ask for at once, between `smallest` and `largest`."""

    def __init__(self, largest: int, smallest: int) -> None:
        self.largest, self.smallest, self.now = largest, smallest, largest

    @property
    def divisible(self) -> bool:
        """True while asking for fewer is possible."""
        return self.now > self.smallest

    def shrink(self) -> None:
        """The service failed on so many: half of it from now on."""
        self.shrink_below(self.now)

    def shrink_below(self, number: int) -> None:
        """The service failed on this number: half of it from now on."""
        self.now = max(min(self.now, number // 2), self.smallest)

    def grow(self) -> None:
        """The service coped: twice as many from now on."""
        self.now = min(self.now * 2, self.largest)


class Portions:
    """Ids (whole numbers, kept small in an array) in portions, for any number of threads."""

    def __init__(self, ids: array[int], largest: int, smallest: int) -> None:
        self._ids, self._place, self._returned = ids, 0, list[Sequence[str]]()
        self._size, self._lock = Size(largest, smallest), Condition()
        self._slow = self._all_out = False

    @property
    def smallest(self) -> int:
        """A portion of so many is not divided further."""
        return self._size.smallest

    def take(self) -> Sequence[str]:
        """The next portion; empty when nothing is left to be taken."""
        with self._lock:
            if self._returned:
                return self._part_of_returned()
            start, self._place = self._place, min(self._place + self._size.now, len(self._ids))
            self._all_out = start == self._place
            self._lock.notify_all()
            return tuple(map(str, self._ids[start : self._place]))

    def _part_of_returned(self) -> Sequence[str]:
        whole = self._returned.pop()
        if len(whole) > self._size.now:
            self._returned.append(whole[self._size.now :])
        return whole[: self._size.now]

    def give_back(self, portion: Sequence[str]) -> None:
        """The service failed on this portion: it comes again, in smaller ones."""
        with self._lock:
            self._size.shrink_below(len(portion))
            self._returned.append(portion)

    def coped(self, *, slowly: bool) -> None:
        """The service coped with a portion, slowly or not."""
        with self._lock:
            self._size.grow()
            self._slow = self._slow or slowly
            self._lock.notify_all()

    def help_wanted(self) -> bool:
        """Wait until the service is known to be slow (then further threads are of use: true), or nothing is left (false)."""
        with self._lock:
            self._lock.wait_for(lambda: self._slow or self._all_out)
            return not self._all_out

    def close(self) -> None:
        """Nothing more is wanted."""
        with self._lock:
            self._returned, self._place, self._all_out = [], len(self._ids), True
            self._lock.notify_all()
