"""How many people the studies had, entered study by study; the figure sums them over the included studies.

Invariant: an entry names a study of this review, and only the newest of each study stands.
"""

from __future__ import annotations

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import CountedAs
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import study_links
from prisma_tool.store.records.similar_keys import similar_keys


def enter_participants(review: Review, study: str, n: int, counted_as: CountedAs | None, reviewer: str) -> str:
    """Store the number of a study's participants; returns the study's name as it is stored.

    Args:
        review: The review.
        study: The study's label, whatever its case; for a report that is linked to none, the key of one of its records.
        n: The number, above zero.
        counted_as: Which participants it counts; None where that is not said.
        reviewer: Who enters it.

    Raises:
        DecisionError: there is no such study, or the record's report belongs to several.
    """
    with review.store.write() as transaction:
        name = _study_named(transaction, one_line(study))
        payload = {"participants": n, **({"as": counted_as.value} if counted_as else {})}
        event_log.append(transaction, [event_log.Draft(EventKind.PARTICIPANTS, name, reviewer=reviewer, payload=payload)])
    return name


def take_back_participants(review: Review, study: str, reviewer: str) -> Event:
    """Undo the number that stands for a study; one that was entered before stands again. Returns what was taken back.

    Raises:
        DecisionError: there is no such study, or no number stands for it.
    """
    with review.store.write() as transaction:
        name = _study_named(transaction, one_line(study))
        current = standing_participants(transaction).get(name)
        if current is None:
            raise DecisionError(f"No participants are entered for {name}; nothing was changed.")
        event_log.append(transaction, [event_log.Draft(EventKind.UNDO, current.id, reviewer=reviewer)])
    return current


def standing_participants(transaction: Transaction) -> dict[str, Event]:
    """The number that stands for each study, by the study's name."""
    return {event.subject: event for event in study_links.standing_of(transaction, EventKind.PARTICIPANTS)}


def _study_named(transaction: Transaction, text: str) -> str:
    links = study_links.links(transaction)
    label = next((event.text("study") for event in links if event.text("study").casefold() == text.casefold()), "")
    if label:
        return label
    cluster = update.clusters_of(transaction, [text]).get(text)
    if cluster is None:
        labels = sorted({event.text("study") for event in links})
        known = f"Studies: {'; '.join(labels)}." if labels else "No report is linked to a study yet."
        hint = " ".join(similar_keys(transaction, text))
        raise DecisionError(
            f"There is no study '{text}', and no record of this key{f' (did you mean {hint}?)' if hint else ''}. {known}"
        )
    members = set(update.members_of(transaction, [cluster])[cluster])
    linked = sorted({event.text("study") for event in links if event.subject in members})
    if len(linked) > 1:
        raise DecisionError(f"The report of {text} belongs to several studies; name one of them: {'; '.join(linked)}.")
    return linked[0] if linked else text
