"""what the hashes of the log add up to, kept every some thousand events"""

import sqlalchemy as sa
from alembic import op

from prisma_tool.model.log.contents import Head
from prisma_tool.store.projections.log_head import sealed

revision = "0005"
down_revision = "0004"

_STEP = 5_000
_EVENTS = "SELECT number, id, received, sha256 FROM event WHERE number > :after AND number <= :until ORDER BY number"
_SUM = "INSERT INTO head_sum (number, event, received, total, seal) VALUES (:number, :event, :received, :total, :seal)"


def upgrade() -> None:
    op.create_table(
        "head_sum",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("received", sa.Text(), nullable=False),
        sa.Column("total", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    _fill()


def _fill() -> None:
    """The sums of all whole steps, up to a gap in the numbers or what is no text; those who check the file name either."""
    connection, total, until, newest = op.get_bind(), Head(), _STEP, ""
    review = connection.execute(sa.text("SELECT id FROM review")).scalar() or ""
    while True:
        rows = connection.execute(sa.text(_EVENTS), {"after": until - _STEP, "until": until}).all()
        texts = all(isinstance(value, str) for _, *values in rows for value in values)
        if not texts or [number for number, *_ in rows] != list(range(until - _STEP + 1, until + 1)):
            return
        total.add_all(hashed for *_, hashed in rows)
        newest = max([newest, *(received for _, _, received, _ in rows)])
        event, summed = rows[-1][1], total.total()
        seal = sealed(review, until, event, newest, summed)
        values = {"number": until, "event": event, "received": newest, "total": summed, "seal": seal}
        connection.execute(sa.text(_SUM), values)
        until += _STEP


def downgrade() -> None:
    op.drop_table("head_sum")
