"""order of storing, and the index of words"""

import sqlalchemy as sa
from alembic import op

from prisma_tool.model.record.codec import decode
from prisma_tool.store.index.text_index import text_of

revision = "0002"
down_revision = "0001"

_PORTION = 2_000


def upgrade() -> None:
    with op.batch_alter_table("event") as batch_op:
        batch_op.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="0"))
    # Ids are UUIDv7: the order of making is the best that is known of the order of storing.
    op.execute(
        "UPDATE event SET number = ordered.number "
        "FROM (SELECT id, row_number() OVER (ORDER BY id) AS number FROM event) AS ordered WHERE ordered.id = event.id"
    )
    op.create_index("ix_event_number", "event", ["number"], unique=False)
    op.create_table(
        "words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.key"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_words_record", "words", ["record"], unique=True)
    _index_words()
    _fill_words()


def _index_words() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("CREATE VIRTUAL TABLE word_index USING fts5(text, content='words', content_rowid='id', detail='full')")
        op.execute(
            "CREATE TRIGGER words_added AFTER INSERT ON words BEGIN INSERT INTO word_index(rowid, text) VALUES (new.id, new.text); END"
        )
        op.execute(
            "CREATE TRIGGER words_gone AFTER DELETE ON words BEGIN "
            "INSERT INTO word_index(word_index, rowid, text) VALUES ('delete', old.id, old.text); END"
        )
    else:
        op.execute("CREATE INDEX word_index ON words USING gin (to_tsvector('simple', text))")


def _fill_words() -> None:
    connection = op.get_bind()
    current = sa.text(
        "SELECT record.key, record_version.content FROM record JOIN record_version "
        "ON record_version.record = record.key AND record_version.version = record.version ORDER BY record.position"
    )
    insert = sa.text("INSERT INTO words (record, text) VALUES (:record, :text)")
    for rows in connection.execute(current).partitions(_PORTION):
        connection.execute(insert, [{"record": key, "text": text_of(decode(content))} for key, content in rows])


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE word_index")
    op.drop_index("ix_words_record", "words")
    op.drop_table("words")
    op.drop_index("ix_event_number", "event")
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_column("number")
