"""Words for a missing value fill no field in any format and are kept; the same words inside a text are text."""

from __future__ import annotations

import pytest

from prisma_tool.formats.registry import read
from prisma_tool.formats.text.missing_values import is_missing
from prisma_tool.model.record.citation import Citation

_FORMATS = {
    "RIS": "TY  - JOUR\nTI  - Masks\nAU  - {author}\nAB  - {abstract}\nSP  - {pages}\nVL  - {volume}\nER  - \n",
    "BibTeX": "@article{{a, title={{Masks}}, author={{{author}}}, abstract={{{abstract}}}, pages={{{pages}}}, volume={{{volume}}}}}\n",
    "EndNote": "%0 Journal Article\n%T Masks\n%A {author}\n%X {abstract}\n%P {pages}\n%V {volume}\n",
    "EndNote XML": (
        "<xml><records><record><titles><title>Masks</title></titles><contributors><authors><author>{author}</author></authors>"
        "</contributors><abstract>{abstract}</abstract><pages>{pages}</pages><volume>{volume}</volume></record></records></xml>"
    ),
    "Ovid": "<1>\nTI  - Masks\nAU  - {author}\nAB  - {abstract}\nPG  - {pages}\nVO  - {volume}\n",
    "Web of Science": "PT J\nTI Masks\nAU {author}\nAB {abstract}\nBP {pages}\nVL {volume}\nER\n",
    "MEDLINE": "PMID- 1\nTI  - Masks\nFAU - {author}\nAB  - {abstract}\nPG  - {pages}\nVI  - {volume}\n",
    "CSL-JSON": (
        '[{{"type": "article-journal", "title": "Masks", "author": [{{"literal": "{author}"}}], "abstract": "{abstract}",'
        ' "page": "{pages}", "volume": "{volume}"}}]'
    ),
    "CSV": 'Title,Authors,Abstract,Pages,Volume\nMasks,"{author}","{abstract}","{pages}",{volume}\n',
}


def _citation(name: str, *, author: str, abstract: str, pages: str, volume: str) -> Citation:
    text = _FORMATS[name].format(author=author, abstract=abstract, pages=pages, volume=volume)
    return read(text.encode()).entries[0].citation


@pytest.mark.parametrize("name", _FORMATS)
def test_words_for_a_missing_value_fill_no_field(name: str) -> None:
    citation = _citation(name, author="Anonymous", abstract="[No abstract available]", pages="N.PAG", volume="NA")

    assert citation.title == "Masks"
    assert (citation.authors, citation.abstract, citation.pages, citation.volume) == ((), (), "", "")
    assert {"Anonymous", "[No abstract available]", "N.PAG", "NA"} <= {value for _, value in citation.extra}


@pytest.mark.parametrize("name", _FORMATS)
def test_values_that_only_resemble_such_words_are_kept(name: str) -> None:
    citation = _citation(name, author="Nanda, N", abstract="No abstract concept was tested.", pages="N12", volume="NA3")

    assert [str(author) for author in citation.authors] == ["Nanda, N"]
    assert citation.abstract_text == "No abstract concept was tested."
    assert (citation.pages, citation.volume) == ("N12", "NA3")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *(("", word) for word in ("NA", "nan", "None", "null", "NULL", "<NA>", "-", "[No source title available]")),
        *(
            ("authors", word)
            for word in ("[Anonymous],", "ANONYMOUS", "Anon.", "[No authors listed]", "No author name available")
        ),
        *(("authors", word) for word in ("Authors not listed", "Unknown author", "佚名")),
        *(("abstract", word) for word in ("No abstract", "Abstract not available.", "[Abstract unavailable]", "none")),
        *(("abstract", word) for word in ("No abstract is available.", "not available")),
        *(
            ("pages", word)
            for word in ("No Pagination Specified", "No-Specified", "N.PAG-N.PAG", "(no pagination)", "Unpaginated")
        ),
        *(("pages", word) for word in ("nan--nan", "NA-NA", "n. pag.", "no page")),
    ],
)
def test_a_word_for_a_missing_value_is_known(field: str, text: str) -> None:
    assert is_missing(text, field)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *(("", word) for word in ("Na", "Nantes", "No", "Nullipara", "N", "[No smoking]", "Anonymous")),
        *(("authors", word) for word in ("Anon, John", "Anonymous Fellowship Group", "Nan, Li", "Unknown Soldier Society")),
        *(("abstract", word) for word in ("No abstract rules were found in mice.", "None of the children wore masks.")),
        *(("pages", word) for word in ("e12", "xii-xv", "N1-N4", "S12", "iv", "N")),
    ],
)
def test_a_value_with_a_meaning_is_not_missing(field: str, text: str) -> None:
    assert not is_missing(text, field)


def test_an_entry_of_nothing_but_words_for_missing_values_is_a_reject() -> None:
    parsed = read(b"TY  - JOUR\nTI  - NA\nAB  - NA\nER  - \n\nTY  - JOUR\nTI  - T\nER  - \n")

    assert [reject.reason for reject in parsed.rejects] == ["no bibliographic field"]


def test_medline_text_names_no_anonymous_person() -> None:
    citation = read(b"PMID- 1\nTI  - A note\nFAU - Anonymous\nAB  - No abstract available.\n").entries[0].citation

    assert (citation.authors, citation.abstract) == ((), ())
    assert {("FAU", "Anonymous"), ("AB", "No abstract available.")} <= set(citation.extra)


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - NA\nJF  - None\nPY  - 2010\nER  - \n",
        "@article{a, title={NA}, journal={None}, year=2010}\n",
        "%0 Journal Article\n%T NA\n%J None\n%D 2010\n",
        "PMID- 1\nTI  - NA\nJT  - None\nDP  - 2010\n",
        "Title,Journal,Year\nNA,None,2010\n",
        '[{"type": "article-journal", "title": "NA", "container-title": "None", "issued": {"date-parts": [[2010]]}}]',
    ],
)
def test_a_title_or_journal_that_is_a_program_s_word_for_nothing_is_missing_in_every_format(text: str) -> None:
    citation = read(text.encode()).entries[0].citation

    assert (citation.title, citation.journal, citation.year) == ("", "", 2010)


def test_the_word_for_a_missing_value_stays_under_its_columns_header() -> None:
    table = read(b"Title,Authors,Volume,DOI,Keywords,Other\nMasks,None,n/a,nan,NA,NULL\n").entries[0].citation
    register = read(b"NCT Number,Study Title,Phases,Sponsor,Study Status\nNCT00000001,Masks,NA,,COMPLETED\n").entries[0].citation

    assert (table.authors, table.volume, table.doi, table.keywords) == ((), "", "", ())
    assert sorted(table.extra) == [("Authors", "None"), ("DOI", "nan"), ("Keywords", "NA"), ("Other", "NULL"), ("Volume", "n/a")]
    assert (register.trial and register.trial.phases, register.extra) == ((), (("Phases", "NA"),))


def test_our_own_tables_leave_a_cell_empty_so_such_a_word_there_is_a_value() -> None:
    citation = read(b"key,cluster,representative,title,volume\nx:1,x:1,true,NA,None\n").entries[0].citation

    assert (citation.title, citation.volume, citation.extra[-1:]) == ("NA", "None", (("representative", "true"),))
