"""Where a reviewer was in each text, kept in the review's cache folder.

Invariant: nothing depends on it; a file that is missing, damaged or cannot be written costs nothing but the places.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

MOST = 500
"""Texts; the one that was read longest ago is forgotten first."""


class ReadingPositions:
    """The first character in sight of each text, by what the text is known by."""

    def __init__(self, cache: Path, reviewer: str) -> None:
        self._path = cache / "places" / f"{hashlib.sha256(reviewer.encode()).hexdigest()[:16]}-texts.json"
        self._places = _read(self._path)

    def recall(self, identity: str) -> int:
        """The place in this text; its beginning where none is remembered."""
        return self._places.get(identity, 0)

    def keep(self, identity: str, place: int) -> None:
        """Remember a place. It survives the end of the program, not necessarily that of the machine."""
        if self._places.pop(identity, 0) == place:
            self._places[identity] = place
            return
        self._places[identity] = place
        self._places = dict(list(self._places.items())[-MOST:])
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._path.write_text(json.dumps(self._places), encoding="utf-8")
        except OSError:
            return


def _read(path: Path) -> dict[str, int]:
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    places = kept.items() if isinstance(kept, dict) else ()
    return {str(identity): place for identity, place in places if type(place) is int and place >= 0}
