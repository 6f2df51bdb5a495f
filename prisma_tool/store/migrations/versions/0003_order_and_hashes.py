"""the order of events by cause, their hashes, how each came, and the review's id

What is filled in for events that are there derives from the log alone, so that copies which are upgraded apart still agree: the clock
from `at`, by which votes were ordered before, the salt from the id, and the review's id from its oldest event.
"""

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from prisma_tool.model.log.clock import microseconds
from prisma_tool.model.log.contents import content_hash, derived_review_id, derived_salt
from prisma_tool.model.log.events import Channel, Event

revision = "0003"
down_revision = "0002"

_PORTION = 5_000


def upgrade() -> None:
    op.create_table("review", sa.Column("id", sa.Text(), nullable=False), sa.PrimaryKeyConstraint("id"))
    op.add_column("event", sa.Column("clock", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("event", sa.Column("via", sa.Text(), nullable=False, server_default="unknown"))
    op.add_column("event", sa.Column("salt", sa.Text(), nullable=False, server_default=""))
    op.add_column("event", sa.Column("sha256", sa.Text(), nullable=False, server_default=""))
    op.add_column("event", sa.Column("merged", sa.Boolean(), nullable=False, server_default=sa.false()))
    _fill()
    op.drop_index("event_kind", "event")
    op.create_index("event_kind", "event", ["kind", "clock", "id"], unique=False)
    op.create_index("event_clock", "event", ["clock", "id"], unique=False)
    op.create_index("ix_record_version_stored", "record_version", ["stored"], unique=False)
    _name_review()


def _fill() -> None:
    connection = op.get_bind()
    columns = "id, kind, subject, stage, reviewer, at, received, tool_version, payload"
    rows = connection.execute(sa.text(f"SELECT {columns} FROM event ORDER BY id")).mappings().all()  # noqa: S608 - names of columns, from above
    update = sa.text("UPDATE event SET clock = :clock, salt = :salt, sha256 = :sha256 WHERE id = :id")
    for start in range(0, len(rows), _PORTION):
        connection.execute(update, [_derived(dict(row)) for row in rows[start : start + _PORTION]])

    # What came by merging was received later than it was done; some kinds may also be dated back where they are stored.
    connection.execute(
        sa.text("UPDATE event SET merged = :yes WHERE received <> at AND kind NOT IN ('decision', 'effort', 'note')"),
        {"yes": True},
    )


def _derived(row: Any) -> dict[str, Any]:
    at, received = (datetime.fromisoformat(row[name]) for name in ("at", "received"))
    payload = json.loads(row["payload"]) if isinstance(row["payload"], str) else row["payload"]
    event = Event(
        row["id"], row["kind"], row["subject"], row["stage"], row["reviewer"], at, received, row["tool_version"], payload,
        clock=microseconds(at), via=Channel.UNKNOWN, salt=derived_salt(row["id"]),
    )  # fmt: skip
    return {"id": event.id, "clock": event.clock, "salt": event.salt, "sha256": content_hash(event)}


def _name_review() -> None:
    connection = op.get_bind()
    oldest = connection.execute(sa.text("SELECT id FROM event ORDER BY clock, id LIMIT 1")).scalar()
    if oldest is not None:
        connection.execute(sa.text("INSERT INTO review (id) VALUES (:id)"), {"id": derived_review_id(oldest)})


def downgrade() -> None:
    op.drop_index("ix_record_version_stored", "record_version")
    op.drop_index("event_clock", "event")
    op.drop_index("event_kind", "event")
    op.create_index("event_kind", "event", ["kind", "id"], unique=False)
    # Without making the table anew, which others refer to.
    for name in ("merged", "sha256", "salt", "via", "clock"):
        op.drop_column("event", name)
    op.drop_table("review")
