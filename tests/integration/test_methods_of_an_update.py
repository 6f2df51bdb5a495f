"""A review of two people and its update, made by the real commands, all numbers known beforehand: every sentence, for both versions."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from prisma_tool.cli.main import run


@pytest.fixture(scope="module")
def folder(update_of_two: Path) -> Path:
    """The version "first" is closed, an update under way."""
    return update_of_two


def printed(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    capsys.readouterr()
    assert run(["-C", str(folder), *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def told(folder: Path, capsys: pytest.CaptureFixture[str], *version: str) -> dict[str, list[str]]:
    """The sentences under each heading, today's date and the log's numbers masked."""
    sections = printed(folder, capsys, "report", "methods", *version)["sections"]
    return {section["heading"]: [_masked(sentence) for sentence in section["sentences"]] for section in sections}


def _masked(sentence: str) -> str:
    masked = re.sub(r"\d+ [A-Z][a-z]+ (?!2024)20\d\d", "TODAY", sentence).replace("between TODAY and TODAY", "on TODAY")
    return re.sub(r"version \d[\w.+]*", "version V", masked)


def test_the_first_version_is_described_as_it_was_when_it_was_closed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sections = told(folder, capsys, "--version", "first")
    log = sections.pop("Records of the work")
    assert sections == {
        "": ["This describes the version “first” of the review, as it was when it was closed on TODAY."],
        "Searches": [
            "6 records of Embase were identified, imported from 1 file on TODAY; when Embase was searched is not recorded here.",
            "2 records of Scopus were identified, imported from 1 file on TODAY; when Scopus was searched is not recorded here.",
            "In all, 8 records were identified: 8 from 2 databases.",
        ],
        "Duplicates": [
            "Duplicate records were identified by prisma-tool (version V) on TODAY.",
            "1 duplicate record was removed before screening.",
            "1 pair of records was judged to be the same report by the tool's rules.",
        ],
        "Titles and abstracts": [
            "Titles and abstracts of 7 records were screened on TODAY by Ann and Ben.",
            "Of these, 7 were screened by two reviewers without access in this tool to each other's votes.",
            "The reviewers disagreed on 1 record: 1 was resolved by adjudication (Ben).",
            (
                "Agreement of Ann and Ben without access in this tool to each other's votes: 6 of 7 (85.7%), kappa 0.72 "
                "(no interval for fewer than 30 reports), PABAK 0.71, AC1 0.71."
            ),
            "Agreement is on two categories (exclude against include or maybe).",
            "All 14 votes, changes of mind included, were given on the command line.",
        ],
        "Retrieval of full texts": [
            "Full texts of 4 reports were sought; 1 of them was not retrieved.",
            "1 attempt to get a full text was noted, on 1 report: 1 by asking people.",
        ],
        "Full texts": [
            "Full texts of 3 reports were screened on TODAY by Ann and Ben.",
            "Of these, 3 were screened by two reviewers without access in this tool to each other's votes.",
            "The reviewers disagreed on no report.",
            (
                "Agreement of Ann and Ben without access in this tool to each other's votes: 3 of 3 (100.0%), kappa 1.00 "
                "(no interval for fewer than 30 reports), PABAK 1.00, AC1 1.00."
            ),
            "Agreement is on two categories (exclude against all other verdicts).",
            "All 6 votes, changes of mind included, were given on the command line.",
        ],
    }
    assert "Records, votes and adjudications were kept in prisma-tool (version V)." in log


def test_the_update_is_described_by_itself(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sections = told(folder, capsys)
    del sections["Records of the work"]
    assert sections == {
        "": [
            (
                "This is an update of the version “first”, closed on TODAY with 2 included studies in 2 reports. "
                "What follows is about this update alone."
            )
        ],
        "Searches": [
            "3 records of Embase were identified, imported from 1 file on TODAY; when Embase was searched is not recorded here.",
            "In all, 3 records were identified: 3 from 1 database.",
        ],
        "Duplicates": [
            "Duplicate records were identified by prisma-tool (version V) on TODAY.",
            "1 duplicate record was removed before screening, which had been screened for an earlier version.",
        ],
        "Titles and abstracts": [
            "Titles and abstracts of 2 records were screened by Ann and Ben.",
            "Of these, 2 were screened by two reviewers.",
            "On 1 record, votes were given in prisma-tool on TODAY.",
            (
                "Votes on 1 record were taken over from a file; as dated in the file, they were given between 1 May 2024 and 2 May 2024; "
                "whether they were given independently is not recorded here."
            ),
            (
                "Blinding at title/abstract was lifted on TODAY (by whom is not recorded; noted while Ben had the review open); while it was off, "
                "1 vote on 1 record was given by Ben."
            ),
            "Blinding at title/abstract was put in place on TODAY (by whom is not recorded).",
            "The reviewers disagreed on no record.",
            (
                "Agreement of Ann and Ben, of the votes as recorded: 1 of 1 (100.0%), kappa undefined, as both used one category throughout, "
                "PABAK 1.00, AC1 1.00; 1 report left out, where the second reviewer could have read the first vote (1 as the stage was not "
                "blind)."
            ),
            "Agreement is on two categories (exclude against include or maybe).",
            "Of 4 votes, changes of mind included, 2 were given on the command line and 2 were read from a file.",
        ],
        "Retrieval of full texts": ["Full texts of 2 reports were sought; all of them were retrieved."],
        "Full texts": [
            "Full texts of 2 reports were screened on TODAY by Ann and Ben.",
            "Of these, 2 were screened by two reviewers without access in this tool to each other's votes.",
            (
                "Blinding at full text was lifted on TODAY (by whom is not recorded; noted while Ben had the review open); no vote was given while it "
                "was off."
            ),
            "Blinding at full text was put in place on TODAY (by whom is not recorded).",
            "The reviewers disagreed on no report.",
            (
                "Agreement of Ann and Ben without access in this tool to each other's votes: 2 of 2 (100.0%), kappa 1.00 "
                "(no interval for fewer than 30 reports), PABAK 1.00, AC1 1.00."
            ),
            "Agreement is on two categories (exclude against all other verdicts).",
            "All 4 votes, changes of mind included, were given on the command line.",
        ],
    }


@pytest.mark.parametrize("version", [("--version", "first"), ()])
def test_the_numbers_are_those_of_the_figure(folder: Path, capsys: pytest.CaptureFixture[str], version: tuple[str, ...]) -> None:
    counts = printed(folder, capsys, "flow", *version)["counts"]
    stages = printed(folder, capsys, "report", "methods", *version)["stages"]
    assert stages["title-abstract"]["reports"] == counts["records_screened"]
    assert stages["full-text"]["reports"] == counts["dbr_assessed"]


def test_the_head_beside_a_version_is_that_of_its_figure(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    version = ("--version", "first")
    assert printed(folder, capsys, "report", "methods", *version)["head"] == printed(folder, capsys, "flow", *version)["head"]


def test_agreement_is_that_of_the_version(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def counted(*version: str) -> list[tuple[str, int, int, int, int]]:
        pairs = printed(folder, capsys, "report", "agreement", *version)["pairs"]
        return [(one["stage"], one["n"], one["agree"], one["recorded"], one["left_out"]["not_blind"]) for one in pairs]

    assert counted("--version", "first") == [("title-abstract", 7, 6, 0, 0), ("full-text", 3, 3, 0, 0)]
    assert counted() == [("title-abstract", 1, 1, 1, 1), ("full-text", 2, 2, 0, 0)]


@pytest.mark.parametrize("report", ["methods", "agreement"])
def test_a_version_that_is_not_there_is_refused_with_those_that_are(
    folder: Path, capsys: pytest.CaptureFixture[str], report: str
) -> None:
    capsys.readouterr()
    assert run(["-C", str(folder), "report", report, "--version", "second"]) == 1
    assert "There is no closed version 'second' in this review. Closed versions: first." in capsys.readouterr().err
