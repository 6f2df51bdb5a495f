"""What checking a deposit came to: its checks, and the sentences that follow from them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from prisma_tool.model.text import counted, one_line
from prisma_tool.version import VERSION


@dataclass(frozen=True, slots=True)
class BundleCheck:
    """One check: its name, whether it holds, and what was found, in words."""

    name: str
    holds: bool
    detail: str


@dataclass(slots=True)
class Verification:
    """What checking a deposit came to; `numbers` were recomputed and are the same."""

    written_by: str = ""
    head: str = ""
    numbers: int = 0
    version: str = ""
    compared: bool = False
    """Whether a published head was given, and is that of the log or of a beginning of it."""
    since: int = 0
    """Events that came after the state whose head was published."""
    checks: list[BundleCheck] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether all that can be checked holds."""
        return bool(self.checks) and all(check.holds for check in self.checks)

    def as_json(self) -> dict[str, Any]:
        """The object of `verify --json`."""
        return {
            "holds": self.holds,
            "written_by": self.written_by,
            "read_by": VERSION,
            "version": self.version,
            "head": self.head,
            "compared_with_published_head": self.compared,
            "events_since_published_head": self.since if self.compared else None,
            "numbers": self.numbers,
            "checks": [{"name": check.name, "holds": check.holds, "detail": check.detail} for check in self.checks],
        }

    def sentences(self) -> Iterator[str]:
        """The outcome in words: the one sentence that counts last."""
        if self.written_by and self.written_by != VERSION:
            yield (
                f"The deposit was written by prisma-tool {one_line(self.written_by)[:40]}, this is {VERSION}: files that differ may differ for that "
                "alone; check with that version."
            )
        failed = next((check for check in self.checks if not check.holds), None)
        if failed is not None:
            yield f"The deposit does not hold: {failed.name}: {failed.detail}."
            return
        figure = f"the figure of version {one_line(self.version)[:80]}" if self.version else "the figure"
        yield f"All {self.numbers} numbers of {figure} were recomputed from the deposit."
        if self.compared:
            if self.since:
                yield f"{counted(self.since, 'event')} came after the state whose head was published, and that head proves nothing of them."
            yield (
                "The public fields of the log (verdicts, reasons, what was joined, when) are those whose head was published. The head proves neither who is "
                "behind a pseudonym, nor the protocol's text, nor the records, runs and answers beside the log."
            )
        else:
            yield (
                "It is internally consistent. Who changed it and recomputed all that follows would not be noticed: compare with a head that was "
                f"published elsewhere (--head); this log's is {self.head}."
            )
