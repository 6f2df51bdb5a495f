"""The participants of the included studies, as far as somebody entered them. PRISMA 2020 has no line for them.

Invariant: a study counts once however many reports it has, and one without a number is told as unknown, never as zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from prisma_tool.flow.counting_input import CountingInput
from prisma_tool.flow.flow import Flow, Participants, Study, StudyParticipants
from prisma_tool.flow.version_view import CountedReports


def with_participants(flow: Flow, basis: CountedReports, account: CountingInput) -> Flow:
    """`flow` with the participants of all studies that it includes, those of earlier versions too; unchanged where none are known."""
    if not account.participants:
        return flow
    box = flow.total_studies or flow.new_studies
    # A report without a link is a study under its key; the number may have been entered under any of its records.
    records_of = {report.key: [record.key for record in report.records] for report in basis.all_reports if not report.studies}
    members = tuple(
        member
        for study in box.studies or ()
        for member in _entered(study, [study.label, *(records_of.get(study.label, []))], account)
    )
    if not members:
        return flow
    return replace(flow, participants=Participants(sum(member.n for member in members), len(members), box.n, members))


def _entered(study: Study, names: list[str], account: CountingInput) -> Iterator[StudyParticipants]:
    entered = next((account.participants[name] for name in names if name in account.participants), None)
    if entered is not None:
        yield replace(entered, study=study.label)
