"""The tables of a review.

Two parts. What happened: `source`, `search`, `run`, `run_record`, `record`, `record_version`, `identifier` and the append-only
`event`. What it means now: `standing`, `membership` and `outcome`, the projections, which `store.projections` writes in the
transaction of the event and nothing else writes; and `head_sum`, what the hashes of the log add up to. Times are UTC text of fixed width, so that they sort as text on every database.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Dialect, ForeignKey, Index, LargeBinary, String, Text, TypeDecorator, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeEngine

from prisma_tool.model import json_text
from prisma_tool.model.utc import utc_text
from prisma_tool.store.engine.packed_texts import packed, unpacked

REVISION = "0005"
"""The newest revision in `migrations/versions`, which this program reads and writes; a test holds it equal to Alembic's own answer."""


OWN_TABLES = frozenset({"alembic_version", "source", "run", "record", "event"})
"""The tables that a review has had since the first schema; a database that holds others is another program's."""


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(value: str | bytes | None) -> str | None:
    return unpacked(value) if isinstance(value, bytes) else value


class UtcText(TypeDecorator[datetime]):
    """An aware datetime as `2025-02-03T09:00:00.000000+00:00`."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """To UTC text; a naive time is a programming error."""
        del dialect
        return None if value is None else utc_text(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | None], datetime | None]:
        """What makes it an aware datetime again."""
        del dialect, coltype
        return _moment


class SharedJson(TypeDecorator[Mapping[str, Any]]):
    """JSON that is only read, where a hundred thousand rows hold a handful of texts: equal ones are one value."""

    impl = JSON
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        """What reads a text; None where the driver has read it already."""
        return json_text.parse_shared if dialect.name == "sqlite" else self.impl_instance.result_processor(dialect, coltype)


class StoredBytes(LargeBinary):
    """Bytes as the driver gives them: SQLAlchemy's own would make of a number that somebody put there as many bytes."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Nothing is done to them."""
        del dialect, coltype


class PackedText(TypeDecorator[str]):
    """A long text: packed in SQLite, as it is in PostgreSQL, which compresses long values by itself."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Bytes where it is packed."""
        return StoredBytes() if dialect.name == "sqlite" else self.impl_instance

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | bytes | None:
        """As it is stored."""
        return packed(value) if value is not None and dialect.name == "sqlite" else value

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str | bytes | None], str | None]:
        """What makes it again what it was."""
        del dialect, coltype
        return _text


class Base(DeclarativeBase):
    """Common ground of all tables: JSON columns and UTC times."""

    type_annotation_map = {dict[str, Any]: JSON, list[Any]: JSON, datetime: UtcText, str: Text}  # noqa: RUF012 - SQLAlchemy reads it as a class attribute


class ReviewRow(Base):
    """Which review this database holds: one row, the id that review.toml names too."""

    __tablename__ = "review"
    id: Mapped[str] = mapped_column(primary_key=True)


class SourceRow(Base):
    """A database, register, website... as labelled by the team; `position` is the order in which sources joined the review."""

    __tablename__ = "source"
    slug: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    platform: Mapped[str] = mapped_column(default="")
    position: Mapped[int]


class SearchRow(Base):
    """A named strategy of the protocol that was run at least once."""

    __tablename__ = "search"
    name: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.slug"))


class RunRow(Base):
    """One execution of a search, or the import of one file (`search` is null). `checkpoint` is what resuming needs."""

    __tablename__ = "run"
    id: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.slug"), index=True)
    search: Mapped[str | None] = mapped_column(ForeignKey("search.name"), index=True)
    status: Mapped[str]
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    operator: Mapped[str] = mapped_column(default="")
    tool_version: Mapped[str]
    query: Mapped[str] = mapped_column(default="")
    translation: Mapped[str] = mapped_column(default="")
    reported: Mapped[int | None]
    undelivered: Mapped[list[Any]] = mapped_column(default=list)
    vanished: Mapped[list[Any]] = mapped_column(default=list)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    requests: Mapped[int] = mapped_column(default=0)
    seconds: Mapped[float] = mapped_column(default=0.0)
    service: Mapped[dict[str, Any]] = mapped_column(default=dict)
    raw: Mapped[list[Any]] = mapped_column(default=list)
    checkpoint: Mapped[dict[str, Any]] = mapped_column(default=dict)
    file_name: Mapped[str] = mapped_column(default="")
    file_sha256: Mapped[str] = mapped_column(default="", index=True)
    format: Mapped[str] = mapped_column(default="")
    encoding: Mapped[str] = mapped_column(default="")
    declared: Mapped[int | None]
    rejected: Mapped[list[Any]] = mapped_column(default=list)


class RecordRow(Base):
    """One entry of one source. `version` names the current row of `record_version`; `position` is the order of arrival."""

    __tablename__ = "record"
    key: Mapped[str] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(ForeignKey("source.slug"), index=True)
    accession: Mapped[str]
    run: Mapped[str] = mapped_column(ForeignKey("run.id"))
    position: Mapped[int] = mapped_column(index=True)
    added: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int]
    completeness: Mapped[int]
    register_entry: Mapped[bool]


class VersionRow(Base):
    """The content of a record as some run delivered it: `content` is the citation as JSON, `raw` the entry as it stood.

    The latter is packed with the content beside it, of which it says nearly all once more; so neither ever changes without the other.
    """

    __tablename__ = "record_version"
    record: Mapped[str] = mapped_column(ForeignKey("record.key"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    run: Mapped[str] = mapped_column(ForeignKey("run.id"))
    stored: Mapped[datetime] = mapped_column(index=True)
    changes: Mapped[list[Any]] = mapped_column(default=list)
    content: Mapped[str] = mapped_column(PackedText)
    raw: Mapped[bytes] = mapped_column(StoredBytes, default=b"")


class RunRecordRow(Base):
    """That a run delivered a record, and what it meant: new, seen or changed."""

    __tablename__ = "run_record"
    run: Mapped[str] = mapped_column(ForeignKey("run.id"), primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.key"), primary_key=True, index=True)
    state: Mapped[str]


class IdentifierRow(Base):
    """Identifiers of the current version of each record: scheme `doi`, `pmid` or `registry`."""

    __tablename__ = "identifier"
    record: Mapped[str] = mapped_column(ForeignKey("record.key"), primary_key=True)
    scheme: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str] = mapped_column(primary_key=True)
    __table_args__ = (Index("identifier_value", "scheme", "value"),)


class WordsRow(Base):
    """The entry of each record in the index of words: its number there, and a hash of the text that was indexed under it.

    The text itself, and what indexes it, is made by the migrations, for each database its own.
    """

    __tablename__ = "words"
    id: Mapped[int] = mapped_column(primary_key=True)
    record: Mapped[str] = mapped_column(ForeignKey("record.key"))
    digest: Mapped[int] = mapped_column(BigInteger)
    __table_args__ = (Index("ix_words_record", "record", unique=True),)


class EventRow(Base):
    """The log. Rows are inserted and never changed.

    `clock` orders events by cause and travels with copies. `number` is the order in which this database stored them, from 1, and
    `merged` says that it had an event from a copy: both, like `received`, belong to this database alone.
    """

    __tablename__ = "event"
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str] = mapped_column(default="")
    stage: Mapped[str] = mapped_column(default="")
    reviewer: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    received: Mapped[datetime] = mapped_column(index=True)
    tool_version: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    number: Mapped[int] = mapped_column(default=0, server_default="0", index=True)
    clock: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0")
    via: Mapped[str] = mapped_column(default="unknown", server_default="unknown")
    salt: Mapped[str] = mapped_column(default="", server_default="")
    sha256: Mapped[str] = mapped_column(default="", server_default="")
    merged: Mapped[bool] = mapped_column(default=False, server_default=false())
    __table_args__ = (
        Index("event_subject", "subject", "kind"),
        Index("event_kind", "kind", "clock", "id"),
        Index("event_clock", "clock", "id"),
    )


class StandingRow(Base):
    """Projection: the event that stands in each slot (see model/log/events.py), with its verdict for counting."""

    __tablename__ = "standing"
    kind: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    reviewer: Mapped[str] = mapped_column(primary_key=True)
    object: Mapped[str] = mapped_column(primary_key=True)
    event: Mapped[str] = mapped_column(ForeignKey("event.id"))
    verdict: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index("standing_object", "kind", "object"), Index("standing_vote", "kind", "stage", "reviewer", "verdict"))


class MembershipRow(Base):
    """Projection: the cluster of each record, named after its representative's key."""

    __tablename__ = "membership"
    record: Mapped[str] = mapped_column(ForeignKey("record.key"), primary_key=True)
    cluster: Mapped[str] = mapped_column(index=True)


class OutcomeRow(Base):
    """Projection: what all votes mean, for clusters on which somebody voted."""

    __tablename__ = "outcome"
    cluster: Mapped[str] = mapped_column(primary_key=True)
    stage: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    reasons_differ: Mapped[bool] = mapped_column(default=False)
    __table_args__ = (Index("outcome_state", "stage", "state"),)


class HeadSumRow(Base):
    """What the hashes of the first events of the log add up to (`Head.total`), so that its head need not be summed from the beginning.

    `number` is how many events these are, `event` the id of the last of them, `received` when the newest of them was, as it stands there;
    `seal` is a hash over all that and the id of the review. `store.projections.log_head` writes them, and says when one is believed.
    """

    __tablename__ = "head_sum"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event: Mapped[str]
    received: Mapped[str]
    total: Mapped[bytes] = mapped_column(StoredBytes)
    seal: Mapped[str]
