"""A small invented graph of who cites whom, in the shape of each citation index.

Seeds 1 and 2 cite 11 to 13 and are cited by 21 to 23; what an index lacks is said where it is made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

CITES: Mapping[int, Sequence[int]] = {1: (11, 12), 2: (12, 13), 21: (1,), 22: (1, 2), 23: (2,), 31: (21,)}
WORKS = (1, 2, 11, 12, 13, 21, 22, 23, 31)


def doi(number: int) -> str:
    return f"10.5555/cited.{number}"


def title(number: int) -> str:
    return f"Invented work {number} of {number} on kites"


def of_europepmc(*without: int) -> tuple[list[dict[str, Any]], dict[str, list[str]]]:
    """Records and references of Europe PMC, without these works."""
    held = [number for number in WORKS if number not in without]
    results = [
        {
            "id": f"{99000000 + number}",
            "source": "MED",
            "pmid": f"{99000000 + number}",
            "doi": doi(number),
            "title": title(number),
            "authorString": f"Author{number} A.",
            "pubYear": "2020",
            "abstractText": f"Abstract of {number}.",
        }
        for number in held
    ]
    references = {
        f"{99000000 + one}_MED": [f"{99000000 + other}_MED" for other in CITES[one] if other in held]
        for one in CITES
        if one in held
    }
    return results, references


def of_openalex(*without: int, pmids: bool = True) -> list[dict[str, Any]]:
    """Works of OpenAlex, without these; it has no abstract of those with odd numbers."""
    return [
        {
            "id": f"https://openalex.org/W{number}",
            "doi": f"https://doi.org/{doi(number)}",
            "ids": {"pmid": f"https://pubmed.ncbi.nlm.nih.gov/{99000000 + number}"} if pmids else {},
            "display_name": title(number),
            "publication_year": 2020,
            "authorships": [{"author": {"display_name": f"A. Author{number}"}}],
            "abstract_inverted_index": None if number % 2 else {"Abstract": [0], "of": [1], f"{number}.": [2]},
            "referenced_works": [f"https://openalex.org/W{other}" for other in CITES.get(number, ())],
        }
        for number in WORKS
        if number not in without
    ]


def of_crossref(*without: int) -> list[dict[str, Any]]:
    """Items of Crossref, without these works; each also cites a book of which only words are known."""
    return [
        {
            "DOI": doi(number).upper(),
            "title": [title(number)],
            "author": [{"family": f"Author{number}", "given": "A."}],
            "issued": {"date-parts": [[2020, 5]]},
            "reference": [
                *({"DOI": doi(other), "article-title": title(other), "key": f"r{other}"} for other in CITES.get(number, ())),
                *(
                    [{"unstructured": "Moreau A. A book about kites. Lyon: Invented Press; 1999.", "key": "book"}]
                    if number == 1
                    else []
                ),
            ],
        }
        for number in WORKS
        if number not in without
    ]
