"""Several names in one field are several authors; one person's name, or a group's, stays whole."""

from __future__ import annotations

import pytest

from prisma_tool.formats.bibtex.names import read_names
from prisma_tool.formats.registry import read
from prisma_tool.formats.text.author_lists import read_authors


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Lund K, Berg MA", ["Lund, K", "Berg, MA"]),
        ("van den Hoek T, de Wit AB, O'Hara C", ["van den Hoek, T", "de Wit, AB", "O'Hara, C"]),
        ("Öberg Å, Müller-Lüdenscheidt J. and Dahl E", ["Öberg, Å", "Müller-Lüdenscheidt, J.", "Dahl, E"]),
        ("Lund K. E., Berg M. A., Dahl E.", ["Lund, K. E.", "Berg, M. A.", "Dahl, E."]),
        ("Lund K, Berg MA Jr", ["Lund, K", "Berg, MA, Jr"]),
        ("Lund, K and Berg, Mia and Dahl, E", ["Lund, K", "Berg, Mia", "Dahl, E"]),
        ("Lund, K & Berg, M", ["Lund, K", "Berg, M"]),
        ("Lund, K., Berg, M. A., & Dahl, E.", ["Lund, K.", "Berg, M. A.", "Dahl, E."]),
        ("['Lund, K', 'Berg, M']", ["Lund, K", "Berg, M"]),
        ("Lund, K; Berg, M and Dahl, E", ["Lund, K", "Berg, M", "Dahl, E"]),
        ("Lund, Karin, Berg, Mia", ["Lund, Karin", "Berg, Mia"]),
        ("van der Lund, Karin, Berg, Mia A., Dahl, Eva", ["van der Lund, Karin", "Berg, Mia A.", "Dahl, Eva"]),
        ("Karin Lund, Mia Berg, Eva Dahl", ["Karin Lund", "Mia Berg", "Eva Dahl"]),
    ],
)
def test_names_in_one_value_are_taken_apart(value: str, names: list[str]) -> None:
    assert [str(author) for author in read_authors([value])] == names


@pytest.mark.parametrize(
    "value",
    [
        "van der Berg, A",
        "van der Berg, Anna Maria",
        "King, Martin, Jr.",
        "Group A, Group B",
        "University of Ward, Acme AG",
        "Hospital, Oslo, Norway, Europe",
        "Acme, Inc.",
        "Weber AG",
        "Lund K",
        "Ministry of Health, Labour and Welfare, Japan",
        "Department of Health, Wales and Ministry of Justice, England",
        "Centers for Disease Control and Prevention",
        "Food and Agriculture Organization, Rome",
        "Division of Surgery, University of X, Institute of Y",
        "Oil, Gas and Mining Board",
    ],
)
def test_one_name_stays_whole(value: str) -> None:
    authors = read_authors([value])

    assert len(authors) == 1
    assert all(word in str(authors[0]) for word in value.replace(",", " ").split())


def test_a_group_that_a_comma_ends_stays_whole() -> None:
    assert [str(author) for author in read_authors(["Lund K, Berg M Study Group,"])] == ["Lund K, Berg M Study Group"]


def test_parts_of_names_that_biblatex_spells_out_are_read() -> None:
    names = read_names(
        "family=Berg, given={Anna Maria}, prefix=van der, useprefix=true and given=Eva, family=Dahl, suffix=Jr and {WHO}"
    )

    assert [str(author) for author in names] == ["van der Berg, Anna Maria", "Dahl, Eva, Jr", "WHO"]


def test_a_refer_line_may_hold_all_authors_with_their_tags() -> None:
    citation = read("%0 Journal Article\n%A 王芳%A 李伟\n%T 题\n%K 甲;乙\n".encode()).entries[0].citation

    assert [str(author) for author in citation.authors] == ["王芳", "李伟"]
    assert citation.keywords == ("甲", "乙")


def test_groups_in_a_column_of_their_own_are_authors_too() -> None:
    table = 'Authors,Group Authors,Title\n"Lund, K; Berg, M","MASK Group; Lund, K",T\n'

    authors = read(table.encode()).entries[0].citation.authors

    assert [(str(author), author.collective) for author in authors] == [
        ("Lund, K", False),
        ("Berg, M", False),
        ("MASK Group", True),
    ]


@pytest.mark.parametrize(
    "value",
    [
        "Acme Inc, Ward & Sons GmbH",
        "Acme Pharma Ltd., Ward KGaA",
        "Bayer AG, Novartis AG",
        "Bayer AG, Weber AG",
        "Novo Nordisk A/S, Sanofi S.A.",
        "Acme Laboratories SpA, UCB SA",
    ],
)
def test_companies_parted_by_commas_are_several_groups(value: str) -> None:
    authors = read_authors([value])

    assert [author.family for author in authors] == value.split(", ")
    assert all(author.collective for author in authors)


@pytest.mark.parametrize(
    "value", ["Pfizer, Inc.", "Takeda Co., Ltd.", "Merck & Co., Inc., Rahway", "Novo Nordisk A/S", "Bayer AG"]
)
def test_a_company_s_name_with_its_legal_form_is_one_group(value: str) -> None:
    (author,) = read_authors([value])

    assert (author.family, author.given, author.collective) == (value, "", True)


def test_companies_whose_forms_have_commas_are_parted_between_them() -> None:
    authors = read_authors(["Pfizer, Inc., Merck & Co., Inc."])

    assert [(author.family, author.collective) for author in authors] == [("Pfizer, Inc.", True), ("Merck & Co., Inc.", True)]


def test_a_company_among_persons_is_the_only_group() -> None:
    authors = read_authors(["Pfizer Inc, Smith J, Bayer AG"])

    assert [(str(author), author.collective) for author in authors] == [
        ("Pfizer Inc", True),
        ("Smith, J", False),
        ("Bayer, AG", False),
    ]


@pytest.mark.parametrize(
    "values", [["Weber AG, Lund AG"], ["Weber AG", "Lund SA"], ["Weber S.A., Lund B.V."], ["Limited, J"], ["Bayer, AG"]]
)
def test_initials_and_names_that_only_resemble_legal_forms_are_persons(values: list[str]) -> None:
    assert not any(author.collective for author in read_authors(values))


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Lund, Karl, Berg, Mia", ["Lund, Karl", "Berg, Mia"]),
        ("Lund, K., Berg, M. A.", ["Lund, K.", "Berg, M. A."]),
        ("Lund, Karl, Berg, Mia, Dahl, Eva Marie", ["Lund, Karl", "Berg, Mia", "Dahl, Eva Marie"]),
        ("García López, Ana, Ruiz, Pedro", ["García López, Ana", "Ruiz, Pedro"]),
        ("Lund, Karl, Jr", ["Lund, Karl, Jr"]),
        ("Karl Lund, Mia Berg, Eva Dahl, Tom Vole", ["Karl Lund", "Mia Berg", "Eva Dahl", "Tom Vole"]),
    ],
)
def test_families_and_given_names_in_one_row_are_taken_two_by_two(value: str, names: list[str]) -> None:
    assert [str(author) for author in read_authors([value])] == names


def test_initials_that_are_also_a_legal_form_stay_a_person_s() -> None:
    """ "Weber AG" is how PubMed prints Anna Greta Weber."""
    (author,) = read_authors(["Weber AG"])

    assert (author.family, author.given, author.collective) == ("Weber", "AG", False)


def test_a_group_s_name_with_a_comma_is_no_person_with_a_given_name() -> None:
    (author,) = read_authors(["Group A, Group B"])

    assert (author.family, author.given, author.collective) == ("Group A, Group B", "", True)
