"""contents of records packed, and an index of words that keeps no text of its own"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

from prisma_tool.model.record.codec import decode
from prisma_tool.store.engine.packed_texts import packed, unpacked
from prisma_tool.store.index.indexable_words import fits, leading_words
from prisma_tool.store.index.text_index import text_of
from prisma_tool.store.index.word_entries import digest

revision = "0004"
down_revision = "0003"

_PORTION = 500
_COLUMNS = "record, version, run, stored, changes, content, raw"
_VALUES = ":record, :version, :run, :stored, :changes, :content, :raw"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _copy_versions(packed_content=True)
        _index_without_text()
    else:
        _pack_originals()
        _add_digests()


def _rows(statement: str) -> Iterator[list[dict[str, Any]]]:
    rows = op.get_bind().execute(sa.text(statement), execution_options={"yield_per": _PORTION}).mappings()
    return ([dict(row) for row in portion] for portion in rows.partitions())


def _copy_versions(*, packed_content: bool) -> None:
    """SQLite changes no type of a column: the table is made anew."""
    op.drop_index("ix_record_version_stored", "record_version")
    op.rename_table("record_version", "former_version")
    op.create_table(
        "record_version",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("run", sa.Text(), nullable=False),
        sa.Column("stored", sa.String(length=32), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("content", sa.LargeBinary() if packed_content else sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary() if packed_content else sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.key"]),
        sa.ForeignKeyConstraint(["run"], ["run.id"]),
        sa.PrimaryKeyConstraint("record", "version"),
    )
    insert = sa.text(f"INSERT INTO record_version ({_COLUMNS}) VALUES ({_VALUES})")  # noqa: S608 - names of columns, from above
    convert = _packed if packed_content else _unpacked
    for rows in _rows(f"SELECT {_COLUMNS} FROM former_version ORDER BY rowid"):  # noqa: S608 - as above
        op.get_bind().execute(insert, [convert(row) for row in rows])
    op.drop_table("former_version")
    op.create_index("ix_record_version_stored", "record_version", ["stored"], unique=False)


def _packed(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the new form; what is no text, as in a file that somebody tampered with, stays as it is for those who check it."""
    content, raw = row["content"], row["raw"]
    if not isinstance(content, str) or not isinstance(raw, str):
        return row
    return {**row, "content": packed(content), "raw": packed(raw, content)}


def _unpacked(row: dict[str, Any]) -> dict[str, Any]:
    content = unpacked(row["content"])
    return {**row, "content": content, "raw": unpacked(row["raw"], content)}


def _index_without_text() -> None:
    op.execute("DROP TRIGGER words_added")
    op.execute("DROP TRIGGER words_gone")
    op.execute("DROP TABLE word_index")
    op.drop_index("ix_words_record", "words")
    op.rename_table("words", "former_words")
    op.create_table(
        "words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("digest", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.key"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.execute("CREATE VIRTUAL TABLE word_index USING fts5(text, content='', detail='full')")
    entry = sa.text("INSERT INTO words (id, record, digest) VALUES (:id, :record, :digest)")
    indexed = "INSERT INTO word_index (rowid, text) VALUES "
    for rows in _rows("SELECT id, record, text FROM former_words WHERE typeof(text) = 'text' ORDER BY id"):
        texts = [(row["id"], row["text"] if fits(row["text"]) else leading_words(row["text"])) for row in rows]
        digests = [{**row, "digest": digest(text)} for row, (_, text) in zip(rows, texts, strict=True)]
        op.get_bind().execute(entry, digests)
        places, values = ", ".join(["(?, ?)"] * len(texts)), tuple(value for pair in texts for value in pair)
        op.get_bind().exec_driver_sql(indexed + places, values)
    op.drop_table("former_words")
    op.create_index("ix_words_record", "words", ["record"], unique=True)


def _pack_originals() -> None:
    """PostgreSQL compresses long contents by itself, each alone: only the originals, which repeat them, are packed."""
    op.add_column("record_version", sa.Column("packed", sa.LargeBinary(), nullable=False, server_default=""))
    update = sa.text("UPDATE record_version SET packed = :packed WHERE record = :record AND version = :version")
    for rows in _rows("SELECT record, version, content, raw FROM record_version WHERE raw <> ''"):
        op.get_bind().execute(update, [{**row, "packed": packed(row["raw"], row["content"])} for row in rows])
    op.drop_column("record_version", "raw")
    op.alter_column("record_version", "packed", new_column_name="raw", server_default=None)


def _add_digests() -> None:
    op.add_column("words", sa.Column("digest", sa.BigInteger(), nullable=False, server_default="0"))
    update = sa.text("UPDATE words SET digest = :digest WHERE id = :id")
    for rows in _rows("SELECT id, text FROM words"):
        op.get_bind().execute(update, [{"id": row["id"], "digest": digest(row["text"])} for row in rows])
    op.alter_column("words", "digest", server_default=None)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _copy_versions(packed_content=False)
        op.execute("DROP TABLE word_index")
        op.drop_index("ix_words_record", "words")
        op.drop_table("words")
        _index_with_text()
    else:
        _unpack_originals()
        op.drop_column("words", "digest")


def _index_with_text() -> None:
    op.create_table(
        "words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["record"], ["record.key"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_words_record", "words", ["record"], unique=True)
    op.execute("CREATE VIRTUAL TABLE word_index USING fts5(text, content='words', content_rowid='id', detail='full')")
    op.execute(
        "CREATE TRIGGER words_added AFTER INSERT ON words BEGIN INSERT INTO word_index(rowid, text) VALUES (new.id, new.text); END"
    )
    op.execute(
        "CREATE TRIGGER words_gone AFTER DELETE ON words BEGIN "
        "INSERT INTO word_index(word_index, rowid, text) VALUES ('delete', old.id, old.text); END"
    )
    insert = sa.text("INSERT INTO words (record, text) VALUES (:key, :text)")
    current = "SELECT key, content FROM record JOIN record_version ON record = key AND record_version.version = record.version"
    for rows in _rows(current):
        op.get_bind().execute(insert, [{"key": row["key"], "text": text_of(decode(row["content"]))} for row in rows])


def _unpack_originals() -> None:
    op.add_column("record_version", sa.Column("original", sa.Text(), nullable=False, server_default=""))
    update = sa.text("UPDATE record_version SET original = :original WHERE record = :record AND version = :version")
    for rows in _rows("SELECT record, version, content, raw FROM record_version WHERE raw <> ''"):
        op.get_bind().execute(update, [{**row, "original": unpacked(bytes(row["raw"]), row["content"])} for row in rows])
    op.drop_column("record_version", "raw")
    op.alter_column("record_version", "original", new_column_name="raw", server_default=None)
