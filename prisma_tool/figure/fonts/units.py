"""Units of a figure: lengths are millimetres, sizes of type are points. Invariant: nothing converts them but this factor."""

from __future__ import annotations

MM_PER_POINT = 25.4 / 72
"""A PostScript point is 1/72 of an inch."""
