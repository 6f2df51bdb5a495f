"""The demo's corpus is consistent with itself and with the numbers that its README names."""

from __future__ import annotations

import csv
import io
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any

import pytest
from articles import Articles, split_set
from ctgov_query import Indexed, parse
from demo_corpus import pubmed_articles
from demo_files import embase_entries, scopus_entries
from make_demo import DEMO, demo_files
from query import search
from serve import demo_articles, demo_studies

REASONS = frozenset(
    {
        "Wrong population",
        "Wrong intervention",
        "Wrong comparator",
        "Wrong outcome",
        "Wrong study design",
        "Wrong publication type",
        "No results available",
        "Already captured",
    }
)


def text(name: str) -> str:
    return (DEMO / name).read_text(encoding="utf-8-sig")


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(name))))


def decided(stage: str, *verdicts: str) -> list[str]:
    return [row["key"] for row in rows("decisions.csv") if row["stage"] == stage and (not verdicts or row["verdict"] in verdicts)]


def queries() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(text("queries.json"))
    return value


def pubmed_roots() -> list[ET.Element]:
    return list(ET.fromstring((DEMO / "pubmed.xml").read_bytes()))


@pytest.fixture(scope="module")
def embase_only() -> set[str]:
    return {f"embase:{entry.accession}" for entry in embase_entries(pubmed_articles()) if not entry.pmid and not entry.twin}


def test_the_committed_files_are_what_the_generator_writes() -> None:
    written = demo_files()
    assert {name: (DEMO / name).read_bytes() for name in written} == written


def test_the_pubmed_search_finds_412_of_the_served_articles_without_any_warning() -> None:
    served = Articles(demo_articles())
    found = search(served, queries()["pubmed"])
    assert found.pmids == frozenset(split_set((DEMO / "pubmed.xml").read_bytes()))
    assert (len(found.pmids), len(served.pmids)) == (412, 472)
    assert found.phrases_not_found == found.fields_not_found == found.quoted_not_found == ()


def test_the_register_search_finds_73_of_the_served_studies() -> None:
    test = parse(queries()["ctgov"]["query.term"], "query.term")
    found = [study for study in demo_studies() if test(Indexed(study, {}))]
    assert found == json.loads(text("ctgov.json"))
    assert (len(found), len(demo_studies())) == (73, 80)


def test_embase_shares_71_records_with_pubmed_and_repeats_3_of_its_own() -> None:
    entries = embase_entries(pubmed_articles())
    shared = [entry for entry in entries if entry.pmid]
    accessions = re.findall(r"^AN  - (L29900\d{5})$", text("embase.ris"), re.MULTILINE)
    assert accessions == [entry.accession for entry in entries]
    assert len(set(accessions)) == 118
    assert (len(shared), len({entry.pmid for entry in shared})) == (71, 71)
    assert sum(not entry.article.doi for entry in shared) == 20
    assert sum(bool(entry.twin) for entry in entries) == 3


def test_the_late_file_has_36_entries_of_which_8_are_in_pubmed() -> None:
    pubmed = pubmed_articles()
    entries = scopus_entries(pubmed, embase_entries(pubmed))
    assert text("late.ris").count("\nER  - ") == len(entries) == 36
    assert sum(bool(entry.pmid) for entry in entries) == 8


def test_every_unique_report_has_one_title_abstract_decision_and_no_key_two_at_a_stage(embase_only: set[str]) -> None:
    articles = {f"pubmed:{pmid}" for pmid in split_set((DEMO / "pubmed.xml").read_bytes())}
    register = {f"ctgov:{study['protocolSection']['identificationModule']['nctId']}" for study in json.loads(text("ctgov.json"))}
    assert set(decided("title-abstract")) == articles | embase_only | register
    assert max(Counter((row["key"], row["stage"]) for row in rows("decisions.csv")).values()) == 1
    assert len(decided("title-abstract")) == 412 + 44 + 73


def test_every_sought_report_is_retrieved_or_missed_and_only_the_retrieved_are_assessed() -> None:
    status = {row["key"]: row["status"] for row in rows("retrieval.csv")}
    missed = [row for row in rows("retrieval.csv") if row["status"] == "not-retrieved"]
    assert list(status) == decided("title-abstract", "include", "maybe")
    assert len(missed) == 3
    assert all(row["note"] and not row["file"] for row in missed)
    assert set(decided("full-text")) == {key for key, value in status.items() if value == "retrieved"}


def test_34_included_reports_belong_to_25_studies() -> None:
    links = rows("studies.csv")
    assert sorted(row["key"] for row in links) == sorted(decided("full-text", "include"))
    assert (len(links), len({row["label"] for row in links})) == (34, 25)
    assert max(Counter(row["label"] for row in links).values()) == 3


def test_reasons_are_the_protocols_and_every_full_text_exclusion_has_one() -> None:
    full = [row["reason"] for row in rows("decisions.csv") if row["stage"] == "full-text" and row["verdict"] == "exclude"]
    assert {row["reason"] for row in rows("decisions.csv") if row["reason"]} <= REASONS
    assert len(full) == 33
    assert len(set(full)) >= 6
    assert not {"", "Already captured"} & set(full)


def test_register_entries_are_captured_exactly_where_an_included_pubmed_report_names_them() -> None:
    included = set(decided("full-text", "include"))
    reported = {
        f"ctgov:{number.text}"
        for root in pubmed_roots()
        if f"pubmed:{root.findtext('.//PMID')}" in included
        for number in root.iterfind(".//DataBank/AccessionNumberList/AccessionNumber")
    }
    reasons = {row["key"]: row["reason"] for row in rows("decisions.csv") if row["key"].startswith("ctgov:")}
    results = {
        study["protocolSection"]["identificationModule"]["nctId"]: study["hasResults"] for study in json.loads(text("ctgov.json"))
    }
    assert {key for key, reason in reasons.items() if reason == "Already captured"} == reported & set(reasons)
    assert not any(results[key.removeprefix("ctgov:")] for key, reason in reasons.items() if reason == "No results available")
    assert len(reasons) == 73


def test_the_articles_have_the_irregularities_that_parsers_meet() -> None:
    wanted = (
        "PubmedBookArticle CollectiveName MedlineDate Season VernacularTitle OtherAbstract DataBankList ReferenceList Identifier sup sub"
        " i CommentsCorrections EndPage MedlinePgn"
    )
    tags = {element.tag for root in pubmed_roots() for element in root.iter()}
    links = {element.get("RefType") for root in pubmed_roots() for element in root.iter("CommentsCorrections")}
    types = {element.get("UI") for root in pubmed_roots() for element in root.iter("PublicationType")}
    assert set(wanted.split()) - {"sub"} <= tags
    assert {"RetractionIn", "RetractionOf", "ErratumIn", "ErratumFor", "CommentOn", "UpdateIn", "UpdateOf"} <= links
    assert {"D016441", "D016440", "D016425"} <= types


def test_every_article_with_an_abstract_says_that_it_is_invented() -> None:
    abstracts = ["".join(node.itertext()) for root in pubmed_roots() for node in root.iter("Abstract")]
    assert len(abstracts) > 380
    assert all("(Invented record for the prisma-tool demonstration.)" in abstract for abstract in abstracts)
