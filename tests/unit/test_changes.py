"""What a newer version of a record tells a reviewer."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from prisma_tool.model.record.changes import changes, completeness, same_record
from prisma_tool.model.record.citation import Citation, Link, Section, Trial

OLD = Citation(title="Aspirin: a trial", pmid="1")
REGISTERED = Citation(title="Aspirin", trial=Trial(status="RECRUITING"))


def abstract(text: str) -> tuple[Section, ...]:
    return (Section("", text),)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (OLD, replace(OLD, links=(Link("RetractionIn", "9"),)), ("retracted",)),
        (OLD, replace(OLD, links=(Link("ErratumIn", "9"), Link("CommentIn", "8"))), ("erratum",)),
        (REGISTERED, replace(REGISTERED, trial=Trial(status="RECRUITING", has_results=True)), ("results posted",)),
        (REGISTERED, replace(REGISTERED, trial=Trial(status="COMPLETED")), ("status changed",)),
        (OLD, replace(OLD, abstract=abstract("It helped.")), ("abstract arrived",)),
        (replace(OLD, abstract=abstract("It helped.")), replace(OLD, abstract=abstract("It harmed.")), ("abstract changed",)),
        (OLD, replace(OLD, title="Aspirin: a corrected trial"), ("title changed",)),
        (OLD, replace(OLD, doi="10.1000/1", mesh=("Aspirin",)), ("DOI arrived", "MeSH arrived")),
        (OLD, replace(OLD, links=(Link("RetractionIn"),), abstract=abstract("x")), ("retracted", "abstract arrived")),
    ],
)
def test_a_change_is_named(old: Citation, new: Citation, expected: tuple[str, ...]) -> None:
    assert changes(old, new) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (OLD, OLD),
        (OLD, replace(OLD, title="ASPIRIN – a trial.")),
        (replace(OLD, abstract=abstract("x"), doi="10.1000/1"), OLD),
        (OLD, Citation(pmid="1")),
        (REGISTERED, replace(REGISTERED, trial=None)),
        (replace(OLD, links=(Link("RetractionIn"),)), OLD),
    ],
    ids=["the same", "spelling", "abstract and DOI lacking", "title lacking", "register part lacking", "notice lacking"],
)
def test_no_change_is_reported_for(old: Citation, new: Citation) -> None:
    assert changes(old, new) == ()


def test_another_title_without_a_shared_identifier_is_another_record() -> None:
    assert not same_record(Citation(title="Aspirin", doi="10.1000/1"), Citation(title="Zinc", doi="10.1000/2"))
    assert not same_record(Citation(title="Aspirin"), Citation(title="Zinc"))


def test_another_title_with_a_shared_identifier_or_no_title_is_the_same_record() -> None:
    assert same_record(Citation(title="Aspirin", doi="10.1000/1"), Citation(title="Zinc", doi="10.1000/1"))
    assert same_record(Citation(title="A", registry_numbers=("NCT1", "NCT2")), Citation(title="B", registry_numbers=("NCT2",)))
    assert same_record(Citation(title="Aspirin"), Citation())


def test_an_abstract_outweighs_identifiers() -> None:
    assert completeness(Citation(abstract=abstract("x"))) > completeness(Citation(pmid="1", doi="10.1000/1"))
