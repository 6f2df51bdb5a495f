"""What review.toml says for the manuscript is checked as it is read, and a fault is named with its key."""

from __future__ import annotations

import pytest

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.publication import AuthorEntry, Publication, orcid_number
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.review.protocol.read import parse_protocol

AUTHOR = '[[authors]]\nname = "Ada Moreau"\n'


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0000-0002-1825-0097", "0000-0002-1825-0097"),
        ("https://orcid.org/0000-0002-1694-233X", "0000-0002-1694-233X"),
        (" 000000021694233x ", "0000-0002-1694-233X"),
        ("0000-0002-1825-0096", None),
        ("0000-0002-1694-2330", None),
        ("0000-0002-1825", None),
        ("", None),
        ("https://evil.example/0000-0002-1825-0097", None),
    ],
)
def test_an_orcid_is_known_by_its_check_digit(written: str, number: str | None) -> None:
    assert orcid_number(written) == number


def test_everything_that_may_be_said_is_read() -> None:
    text = (
        'registration = "PROSPERO CRD42026000001"\nprotocol_url = "10.17605/OSF.IO/ABCDE"\nfunding = "None."\ninterests = "None declared."\n'
        f'data_availability = "On request"\nlicence = "CC-BY-4.0"\n{AUTHOR}orcid = "https://orcid.org/0000-0002-1825-0097"\n'
        'affiliation = "A, B"\ncorresponding = true\n[[authors]]\nname = "Bo Ito"\n'
    )
    assert parse_protocol(text).publication == Publication(
        authors=(AuthorEntry("Ada Moreau", "0000-0002-1825-0097", "A, B", corresponding=True), AuthorEntry("Bo Ito")),
        registration="PROSPERO CRD42026000001",
        protocol_url="https://doi.org/10.17605/OSF.IO/ABCDE",
        funding="None.",
        interests="None declared.",
        data_availability="On request",
        licence="CC-BY-4.0",
    )


def test_a_review_that_says_nothing_of_it_has_none() -> None:
    assert parse_protocol("").publication == Publication()


@pytest.mark.parametrize("url", ["none: the protocol was not published", "https://osf.io/abcde"])
def test_the_protocol_may_have_an_address_or_none(url: str) -> None:
    assert parse_protocol(f'protocol_url = "{url}"').publication.protocol_url == url


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f'{AUTHOR}orcid = "0000-0002-1825-0096"', "authors.orcid' of Ada Moreau is '0000-0002-1825-0096', which is no ORCID"),
        (f'{AUTHOR}orcids = "x"', "did you mean 'orcid'"),
        ("[[authors]]\naffiliation = 'X'", "somebody without a name"),
        (AUTHOR + AUTHOR, "names somebody twice"),
        (
            f'{AUTHOR}orcid = "0000-0002-1825-0097"\n[[authors]]\nname = "Bo Ito"\norcid = "0000-0002-1825-0097"',
            "one ORCID to two people",
        ),
        (f'{AUTHOR}corresponding = "yes"', "authors.corresponding' must be true or false"),
        ('authors = ["Ada Moreau"]', "must be written as [[authors]] tables"),
        ('protocol_url = "javascript:alert(1)"', "'protocol_url' must be an address"),
        ("funding = 3", "'funding' must be a text in quotes"),
        ('license = "MIT"', "did you mean 'licence'"),
    ],
)
def test_what_is_wrong_is_named(text: str, says: str) -> None:
    with pytest.raises(ReviewError) as error:
        parse_protocol(text)
    assert says in str(error.value)


def test_the_first_protocol_shows_the_keys_as_comments_that_work_once_they_are_uncommented() -> None:
    lines = new_protocol_text(title="A review", pubmed="", ctgov="", reviewers=("Ada",)).split("\n")
    shown = [line.removeprefix("# ") for line in lines if line.startswith(("# registration", "# protocol_url", "# funding"))]
    shown += [line.removeprefix("# ") for line in lines if line.startswith(("# interests", "# data_availability", "# licence"))]
    start = lines.index(next(line for line in lines if line.startswith("# [[authors]]")))
    shown += [line.removeprefix("# ") for line in lines[start : start + 5]]
    publication = parse_protocol("\n".join(shown)).publication
    assert publication.licence == "CC-BY-4.0"
    assert publication.authors == (
        AuthorEntry("Given Family", "0000-0002-1825-0097", "Institution, city, country", corresponding=True),
    )
