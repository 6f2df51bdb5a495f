"""A deposit's data in a database of its own, from which every other file of the deposit is made.

Invariant: only what the deposit holds is looked at, so who makes it and who checks it make the same files.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from prisma_tool.flow.flow import Flow
from prisma_tool.flow.read import flow_at
from prisma_tool.flow.scope import Scope, resolve
from prisma_tool.manuscript.bundle.primary import Lines, LogSummary, load
from prisma_tool.manuscript.bundle.settings import BundleSettings
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.reports.state import Report, ReviewState, load_review_state
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.store.copies.deposit import DepositLoader
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.engine.opening import open_store


@dataclass
class DepositedReview:
    """An open deposit: its data, settings and protocol, and what follows from them, made at first sight."""

    transaction: Transaction
    settings: BundleSettings
    protocol: Protocol
    summary: LogSummary

    @cached_property
    def flow(self) -> Flow:
        """The flow that the deposit shows."""
        scope = Scope(version=self.settings.version)
        return flow_at(self.transaction, self.protocol, resolve(self.transaction, scope), scope)

    @cached_property
    def state(self) -> ReviewState:
        """What has become of each report by now."""
        return load_review_state(self.transaction)

    @cached_property
    def report_of(self) -> Mapping[str, Report]:
        """The report of each record."""
        return {record.key: report for report in self.state.reports for record in report.records}

    def reason(self, report: Report) -> str:
        """The label of the reason for which a report was excluded."""
        return self.protocol.reason_label(report.reason) if report.reason else ""


@contextmanager
def deposited_review(protocol_text: str, lines: Lines, settings: BundleSettings) -> Iterator[DepositedReview]:
    """Put a deposit's data into a database beside nothing else; it is gone at the end.

    Raises:
        PrismaError: the data are not what a deposit holds, or this computer has no room for them.
    """
    protocol = parse_protocol(protocol_text, "protocol/review.toml")
    numbers = itertools.count(1)
    with TemporaryDirectory(prefix="prisma-tool-") as folder:
        store = open_store(
            Path(folder) / "review.db",
            protocol=protocol,
            now=lambda: datetime.now(UTC),
            new_id=lambda: str(next(numbers)),
            tool_version=settings.tool_version,
            backups=Path(folder),
            tell=lambda _: None,
            create=True,
        )
        try:
            with store.write() as transaction:
                summary = load(DepositLoader(transaction), lines)
            with store.read() as transaction:
                opened = transaction.under(protocol)
                yield DepositedReview(opened, settings, protocol, summary)
        finally:
            store.close()
