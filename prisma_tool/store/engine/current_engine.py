"""Which database a review is in by now, shared by all that work on it: a review may move while it is open."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock
from typing import TypeAlias

import sqlalchemy as sa

Engine: TypeAlias = sa.Engine
Url: TypeAlias = sa.URL
"""What holds the connections to a database, and its address, for rooms that know no SQL."""


class CurrentEngine:
    """The engine of a review's database, replaced when the review moves.

    `look` gives the engine of another database if the review is there now, and None as long as it is not; `announce` takes a sentence
    about each move and may be replaced by whoever has a better place for it.
    """

    def __init__(self, engine: Engine, look: Callable[[Engine], Engine | None], announce: Callable[[Url], None]) -> None:
        self.engine, self.announce = engine, announce
        self._look, self._lock = look, RLock()
        self._left: list[Engine] = []

    def follow(self) -> bool:
        """Go on in the database where the review is now; says whether that is another than before.

        Raises:
            StoreError: the review is in another database, which cannot be used; this one is not used any more either.
        """
        with self._lock:
            other = self._look(self.engine)
            if other is None:
                return False
            # Other threads may still read there; what they give back is closed at the end.
            self.engine.pool.dispose()
            self._left.append(self.engine)
            self.engine = other
        self.announce(other.url)
        return True

    def dispose(self) -> None:
        """Give back the connections to this database and to those where the review was before."""
        for engine in (*self._left, self.engine):
            engine.dispose()
