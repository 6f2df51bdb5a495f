"""A run as the journal keeps it, so that its untouched answers can be read again where the database is lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class RunEntry:
    """The state of a run, and of its source, as a database stored them at a moment: JSON values by the names of their columns."""

    received: datetime
    run: Mapping[str, Any]
    source: Mapping[str, Any]
