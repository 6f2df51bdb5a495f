"""Merging exclusion reasons: an event that lets all votes for one reason count under another, votes unchanged.

Invariant: what the merges amount to follows from the standing events alone, so an undo or a look at an earlier day needs nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from prisma_tool.model.log.events import Event, EventKind, Slot
from prisma_tool.model.protocol.protocol import Protocol


def merges_of(events: Iterable[Event]) -> dict[str, str]:
    """Reason id to the id that it was merged into, from the standing events about reasons."""
    return {event.subject: event.text("into") for event in events if event.text("into")}


def with_merges(protocol: Protocol, standing: Mapping[Slot, Event]) -> Protocol:
    """The protocol with the merges that these standing events tell."""
    merges = merges_of(event for slot, event in standing.items() if slot.kind == EventKind.REASON)
    return replace(protocol, merged_reasons=merges) if merges else protocol
