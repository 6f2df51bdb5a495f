"""The merged view takes the best of each field and says from which record."""

from __future__ import annotations

from prisma_tool.model.record.citation import Citation, Section
from prisma_tool.model.record.merged_view import merged

SHOWN = Citation(title="A title", doi="10.5555/a", abstract=(Section("", "Cut sho"),), registry_numbers=("NCT99000001",))
OTHER = Citation(
    title="A TITLE",
    journal="Journal",
    abstract=(Section("", "Cut short no more"),),
    registry_numbers=("NCT99000001", "ISRCTN99000001"),
)


def test_the_representative_speaks_first_and_others_fill_its_gaps() -> None:
    view = merged("a:1", {"a:1": SHOWN, "b:1": OTHER})
    assert (view.citation.title, view.citation.doi, view.citation.journal) == ("A title", "10.5555/a", "Journal")
    assert view.origins == {"journal": "b:1", "abstract": "b:1"}


def test_the_longest_abstract_wins_and_numbers_are_united() -> None:
    view = merged("a:1", {"b:1": OTHER, "a:1": SHOWN})
    assert view.citation.abstract_text == "Cut short no more"
    assert view.citation.registry_numbers == ("NCT99000001", "ISRCTN99000001")


def test_a_record_alone_is_its_own_view() -> None:
    assert merged("a:1", {"a:1": SHOWN}).citation == SHOWN
    assert merged("a:1", {"a:1": SHOWN}).origins == {}
