"""Labels: words that reviewers put on records, for finding them again.

Invariant: a label stands on a record until it is taken off; both are events, and the newest per record and label counts.
"""

from __future__ import annotations

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.text import fold, one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import record_events, records

LONGEST = 80
"""Characters of a label: it stands in lists, in a line of the record, and in columns of exports."""


def label(review: Review, key: str, text: str, reviewer: str, *, labelled: bool = True) -> tuple[list[str], bool]:
    """Put a label on a record or take it off; returns the labels of its report now, and whether anything changed.

    A label that differs from a known one in case or accents alone is the known one. Taken off, it goes from all records of the report.

    Args:
        review: The review.
        key: A record of the report.
        text: The label.
        reviewer: Who labels.
        labelled: False takes the label off.

    Raises:
        DecisionError: an unknown key, an empty or overlong label, or a label to take off that the report does not have.
    """
    name = one_line(text)
    if not fold(name):
        raise DecisionError("A label needs letters or digits; nothing was stored.")
    if len(name) > LONGEST:
        raise DecisionError(f"A label has at most {LONGEST} characters, this one {len(name)}; keep longer remarks as a note.")
    with review.store.write() as transaction:
        records.require(transaction, [key])
        members = _members(transaction, key)
        current_labels = record_events.labels_on(transaction, members)
        name = next((known for known in sorted(record_events.all_labels(transaction)) if fold(known) == fold(name)), name)
        labelled_records = sorted(record for record, known in current_labels if known == name)
        if not labelled and not labelled_records:
            raise DecisionError(f"{key} does not have the label '{name}'; nothing was changed.")
        subjects = ([] if labelled_records else [key]) if labelled else labelled_records
        payload = {"label": name, "labelled": labelled}
        event_log.append(
            transaction, [event_log.Draft(EventKind.LABEL, subject, reviewer=reviewer, payload=payload) for subject in subjects]
        )
        return sorted({known for _, known in record_events.labels_on(transaction, members)}), bool(subjects)


def _members(transaction: Transaction, key: str) -> list[str]:
    cluster = update.clusters_of(transaction, [key])[key]
    return update.members_of(transaction, [cluster])[cluster]
