"""first schema"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("received", sa.String(32), nullable=False),
        sa.Column("tool_version", sa.Text(), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("event_kind", ["kind", "id"], unique=False)
        batch_op.create_index("event_subject", ["subject", "kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_event_received"), ["received"], unique=False)

    op.create_table(
        "outcome",
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reasons_differ", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("cluster", "stage"),
    )
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.create_index("outcome_state", ["stage", "state"], unique=False)

    op.create_table(
        "source",
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("slug"),
    )
    op.create_table(
        "search",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.slug"],
        ),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "standing",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event"],
            ["event.id"],
        ),
        sa.PrimaryKeyConstraint("kind", "subject", "stage", "reviewer", "object"),
    )
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.create_index("standing_object", ["kind", "object"], unique=False)
        batch_op.create_index("standing_vote", ["kind", "stage", "reviewer", "verdict"], unique=False)

    op.create_table(
        "run",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started", sa.String(32), nullable=False),
        sa.Column("finished", sa.String(32), nullable=True),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("translation", sa.Text(), nullable=False),
        sa.Column("reported", sa.Integer(), nullable=True),
        sa.Column("undelivered", sa.JSON(), nullable=False),
        sa.Column("vanished", sa.JSON(), nullable=False),
        sa.Column("warnings", sa.JSON(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("service", sa.JSON(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("checkpoint", sa.JSON(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("declared", sa.Integer(), nullable=True),
        sa.Column("rejected", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["search"],
            ["search.name"],
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.slug"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_file_sha256"), ["file_sha256"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_search"), ["search"], unique=False)
        batch_op.create_index(batch_op.f("ix_run_source"), ["source"], unique=False)

    op.create_table(
        "record",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("accession", sa.Text(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("added", sa.String(32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("completeness", sa.Integer(), nullable=False),
        sa.Column("register_entry", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run"],
            ["run.id"],
        ),
        sa.ForeignKeyConstraint(
            ["source"],
            ["source.slug"],
        ),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_record_added"), ["added"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_position"), ["position"], unique=False)
        batch_op.create_index(batch_op.f("ix_record_source"), ["source"], unique=False)

    op.create_table(
        "identifier",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.key"],
        ),
        sa.PrimaryKeyConstraint("record", "scheme", "value"),
    )
    with op.batch_alter_table("identifier", schema=None) as batch_op:
        batch_op.create_index("identifier_value", ["scheme", "value"], unique=False)

    op.create_table(
        "membership",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("cluster", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.key"],
        ),
        sa.PrimaryKeyConstraint("record"),
    )
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_membership_cluster"), ["cluster"], unique=False)

    op.create_table(
        "record_version",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("stored", sa.String(32), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("raw", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.key"],
        ),
        sa.ForeignKeyConstraint(
            ["run"],
            ["run.id"],
        ),
        sa.PrimaryKeyConstraint("record", "version"),
    )
    op.create_table(
        "run_record",
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["record"],
            ["record.key"],
        ),
        sa.ForeignKeyConstraint(
            ["run"],
            ["run.id"],
        ),
        sa.PrimaryKeyConstraint("run", "record"),
    )
    with op.batch_alter_table("run_record", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_run_record_record"), ["record"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("run_record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_record_record"))

    op.drop_table("run_record")
    op.drop_table("record_version")
    with op.batch_alter_table("membership", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_membership_cluster"))

    op.drop_table("membership")
    with op.batch_alter_table("identifier", schema=None) as batch_op:
        batch_op.drop_index("identifier_value")

    op.drop_table("identifier")
    with op.batch_alter_table("record", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_record_source"))
        batch_op.drop_index(batch_op.f("ix_record_position"))
        batch_op.drop_index(batch_op.f("ix_record_added"))

    op.drop_table("record")
    with op.batch_alter_table("run", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_run_source"))
        batch_op.drop_index(batch_op.f("ix_run_search"))
        batch_op.drop_index(batch_op.f("ix_run_file_sha256"))

    op.drop_table("run")
    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_index("standing_vote")
        batch_op.drop_index("standing_object")

    op.drop_table("standing")
    op.drop_table("search")
    op.drop_table("source")
    with op.batch_alter_table("outcome", schema=None) as batch_op:
        batch_op.drop_index("outcome_state")

    op.drop_table("outcome")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_event_received"))
        batch_op.drop_index("event_subject")
        batch_op.drop_index("event_kind")

    op.drop_table("event")
