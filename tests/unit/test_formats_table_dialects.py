"""What single platforms and registers write into their tables, each read by its own headers."""

from __future__ import annotations

import pytest

from prisma_tool.formats.account.account import Parsed
from prisma_tool.formats.registry import read
from prisma_tool.formats.tables.platforms import dialect, register


def _read(*rows: str) -> Parsed:
    return read("\n".join((*rows, "")).encode())


def test_europe_pmc_gives_pubmeds_number_where_the_source_is_medline() -> None:
    parsed = _read(
        "SOURCE,EXTERNAL_ID,DOI,TITLE,AUTHORS,JOURNAL_TITLE,ISSUE,JOURNAL_VOLUME,PUB_YEAR,JOURNAL_ISSN,PAGE_INFO,PUB_TYPE",
        'MED,31000001,10.1000/a,Gowns,"Lund K, Berg MA.",Lung,2,14,2019,1234-5679,3-9,review',
        "PPR,PPR7001,,Gloves,Lund K.,,,,2021,,,preprint",
        "ETH,457543,,Gowns and gloves,Lund K.,,,,2018,,,thesis",
    )
    article, preprint, thesis = (entry.citation for entry in parsed.entries)

    assert parsed.platform == "Europe PMC"
    assert (article.pmid, article.volume, article.issue, article.pages) == ("31000001", "14", "2", "3-9")
    assert (article.issn, article.publication_types) == (("1234-5679",), ("review",))
    assert [str(author) for author in article.authors] == ["Lund, K", "Berg, MA"]
    assert (preprint.pmid, parsed.entries[1].accession) == ("", "PPR7001")
    assert (thesis.pmid, parsed.entries[2].accession) == ("", "ETH:457543")


def test_springerlink_glues_names_together() -> None:
    parsed = _read(
        "Item Title,Publication Title,Book Series Title,Journal Volume,Journal Issue,Item DOI,Authors,Publication Year,URL,Content Type",
        "Gowns,Lung,,14,2,10.1007/s1,Karin LundRonald McDonaldÖrjan de Berg,2019,https://link.springer.com/a,Article",
        "Gloves,Lung,,14,2,10.1007/s2,Karin Lund,2019,,Chapter",
    )
    first, second = (entry.citation for entry in parsed.entries)

    assert [str(author) for author in first.authors] == ["Lund, Karin", "McDonald, Ronald", "Berg, Örjan de"]
    assert (first.doi, first.volume, first.issue, first.publication_types) == ("10.1007/s1", "14", "2", ("Article",))
    assert [str(author) for author in second.authors] == ["Lund, Karin"]


def test_publish_or_perish_writes_initials_first_and_file_types() -> None:
    parsed = _read(
        "Cites,Authors,Title,Year,Source,Publisher,ArticleURL,CitesURL,GSRank,QueryDate,Type,DOI,Volume,Issue,StartPage,EndPage",
        '1,"K Lund, MA Berg",Gowns,2019,Lung,Wiley,https://a.example/1,,1,2024-01-01,PDF,10.1000/a,14,2,3,9',
        '1,"K Lund, MA Berg, E Dahl…",Gloves,2019,Lung,,,,2,2024-01-01,,,,,,',
        "1,K Lund,Masks,2019,Lung,,,,3,2024-01-01,,,,,,",
    )
    names = [[str(author) for author in entry.citation.authors] for entry in parsed.entries]
    first = parsed.entries[0].citation

    assert names == [["Lund, K", "Berg, MA"], ["Lund, K", "Berg, MA", "Dahl, E"], ["Lund, K"]]
    assert (first.journal, first.pages, first.publication_types) == ("Lung", "3-9", ())
    assert ("Type", "PDF") in first.extra


def test_ovids_table_has_journal_and_year_in_its_source() -> None:
    parsed = _read(
        "ORN,VN,DB,UI,PM,TI,SO,AU,AB",
        "1,Ovid Technologies,Embase,2001000001,31000001 [http://x],Gowns,"
        '"Lung. 14 (2) (no pagination), 2019. Article Number: ab018. Date of Publication: 2019.","Lund K.\n\nBerg M.A.",Words.',
    )
    entry = parsed.entries[0]
    citation = entry.citation

    assert (entry.accession, citation.pmid, citation.journal) == ("2001000001", "31000001", "Lung")
    assert (citation.year, citation.volume, citation.issue, citation.pages) == (2019, "14", "2", "ab018")
    assert [str(author) for author in citation.authors] == ["Lund, K.", "Berg, M.A."]


@pytest.mark.parametrize(
    ("name", "header", "row", "number"),
    [
        (
            "ISRCTN",
            "ISRCTN,ClinicalTrials.gov number,Public title,Sponsor",
            "ISRCTN10000001,NCT00000001,Gowns,X",
            "ISRCTN10000001",
        ),
        ("CTIS", "Trial number,Overall trial status,Title of the trial", "2023-500001-10-00,Ended,Gowns", "2023-500001-10-00"),
        ("ANZCTR", "ACTR Number,Public title,Recruitment status", "ACTRN12600000000001,Gowns,Ended", "ACTRN12600000000001"),
        ("ClinicalTrials.gov", "NCT Number,Study Title", "NCT00000001,Gowns", "NCT00000001"),
        ("ClinicalTrials.gov", "NCT Number,Study Title,Study URL,Sponsor", "NCT00000001,Gowns,,X", "NCT00000001"),
    ],
)
def test_a_registers_table_gives_entries_of_a_register(name: str, header: str, row: str, number: str) -> None:
    parsed = _read(header, row)
    entry = parsed.entries[0]

    assert parsed.platform == name
    assert (entry.citation.title, entry.accession) == ("Gowns", number)
    assert entry.citation.is_register_entry


def test_an_isrctn_entry_keeps_its_numbers_in_other_registers() -> None:
    parsed = _read("ISRCTN,ClinicalTrials.gov number,Public title", "ISRCTN10000001,NCT00000001,Gowns")

    assert set(parsed.entries[0].citation.registry_numbers) == {"ISRCTN10000001", "NCT00000001"}


@pytest.mark.parametrize(
    "header", ["NCT Number,Title,Authors,Journal", "NCT Number,Title,DOI", "Title,Trial number", "ISRCTN,DOI"]
)
def test_a_table_of_publications_with_trial_numbers_is_no_registers(header: str) -> None:
    assert register(header.split(",")) is None


def test_headers_that_many_tables_have_show_no_platform() -> None:
    assert dialect(["Title", "Authors", "Source", "Type"]).platform == ""


def test_a_row_with_one_cell_more_is_read_where_its_values_show_which_cells_were_one() -> None:
    parsed = _read(
        "Title,Authors,Year,DOI,Funding,Accession Number",
        '"Gowns","Lund, K",2019,10.1000/a,Fund A,Fund B,WOS:0001',
        "Gloves and, masks,Berg M,2020,10.1000/b,,WOS:0002",
    )
    first, second = parsed.entries

    assert (first.citation.title, first.citation.year, first.accession) == ("Gowns", 2019, "WOS:0001")
    assert ("Funding", "Fund A,Fund B") in first.citation.extra
    assert second.accession == "WOS:0002"
    assert "2 (line 2, 3)" in parsed.warnings[0]


def test_a_row_with_one_cell_more_that_shows_nothing_stays_a_reject() -> None:
    parsed = _read("Title,Authors,Notes", "Gowns,Lund K,a,b", "Masks,Berg M,c")

    assert ([reject.line for reject in parsed.rejects], len(parsed.entries)) == ([2], 1)


def test_a_trials_number_for_an_author_shows_an_entry_of_a_register() -> None:
    text = "TY  - ELEC\nID  - CN-01000001\nT1  - Gowns\nT2  - A trial of gowns\nA1  - NCT00000001\nY1  - 2019//\nER  - \n"

    citation = read(text.encode()).entries[0].citation

    assert citation.is_register_entry
    assert (citation.authors, citation.journal, citation.registry_numbers) == ((), "", ("NCT00000001",))
    assert {("A1", "NCT00000001"), ("T2", "A trial of gowns")} <= set(citation.extra)


def test_a_table_of_central_gives_entries_of_registers_too() -> None:
    citation = _read("Title,Authors,Year", "Gowns,NCT00000001,2019").entries[0].citation

    assert citation.is_register_entry
    assert (citation.authors, citation.registry_numbers) == ((), ("NCT00000001",))


def test_an_article_of_a_group_that_is_named_after_its_trial_is_no_entry_of_a_register() -> None:
    text = "TY  - JOUR\nT1  - Gowns\nJF  - Lung\nA1  - NCT00000001 Study Group\nA1  - Lund, K\nER  - \n"

    citation = read(text.encode()).entries[0].citation

    assert not citation.is_register_entry
    assert (len(citation.authors), citation.journal) == (2, "Lung")
