"""What a deposit says of itself: its form, the program that wrote it, which flow it shows, and what was left out (`bundle.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.manuscript.bundle import canonical

SETTINGS = "bundle.json"
FORMAT = 1
"""The form of deposits that this program writes and reads."""


@dataclass(frozen=True, slots=True)
class Audit:
    """A sample of decisions to repeat: how many, and the text from which chance is drawn."""

    n: int
    seed: str


@dataclass(frozen=True, slots=True)
class BundleSettings:
    """What is not in the data; `version` is the label of the closed version whose flow is shown, empty for the review as it stands."""

    tool_version: str
    version: str = ""
    audit: Audit | None = None
    left_out: tuple[str, ...] = ()

    def text(self) -> bytes:
        """The file."""
        return canonical.document({"format": FORMAT, **asdict(self)})


def read_settings(data: bytes) -> BundleSettings:
    """The settings that a file states.

    Raises:
        FormatError: it is not of this form.
    """
    try:
        values = json.loads(data)
        stated = values.pop("format")
        audit = values.pop("audit")
        settings = BundleSettings(
            audit=None if audit is None else Audit(**audit), left_out=tuple(values.pop("left_out")), **values
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise FormatError(f"{SETTINGS} is not what deposits have there") from None
    if stated != FORMAT:
        raise FormatError(f"it has the form {str(stated)[:20]} of a newer prisma-tool; this one reads form {FORMAT}")
    if not _is_fit(settings) or settings.text() != data:
        raise FormatError(f"{SETTINGS} is not what deposits have there")
    return settings


def _is_fit(settings: BundleSettings) -> bool:
    audit = settings.audit
    texts: list[Any] = [settings.tool_version, settings.version, *settings.left_out, *([audit.seed] if audit else [])]
    return all(isinstance(text, str) for text in texts) and (audit is None or (type(audit.n) is int and 0 < audit.n < 1 << 31))


def manifest_of(settings: BundleSettings, head: str, events: int, files: Mapping[str, Mapping[str, Any]]) -> bytes:
    """The file that vouches for all others: their hashes, and the head of the log."""
    return canonical.document(
        {"format": FORMAT, "tool_version": settings.tool_version, "head": head, "events": events, "files": dict(files)}
    )
