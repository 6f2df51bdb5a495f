"""A review of two people whose first version is closed and whose update is under way, made by the real commands; all numbers are known.

First version: 6 records of Embase and 2 of Scopus, of which 1 is a duplicate; 7 screened, 3 excluded; 4 sought, 1 not retrieved; 3 assessed,
1 excluded; 2 included. Update: 3 records of Embase, 1 of them known; 2 screened, sought and assessed, 1 excluded; 1 included.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prisma_tool.cli.main import run
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.screening.decisions import Decision, decide

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
TITLES = {
    "1": "Alpha trial of walking for knees",
    "2": "Beta cohort of swimming and sleep",
    "3": "Gamma survey of yoga in adults",
    "4": "Delta experiment on rowing and blood pressure",
    "5": "Epsilon audit of cycling in cities",
    "6": "Zeta report on dancing and mood",
    "9": "Theta study of climbing for balance",
    "10": "Iota evaluation of juggling at schools",
    "11": "Kappa comparison of skating with fencing",
}
FIRST_VOTES = {
    "embase:1": "include include",
    "embase:2": "exclude exclude",
    "embase:3": "include exclude",
    "embase:4": "include include",
    "embase:5": "exclude exclude",
    "embase:6": "exclude exclude",
    "scopus:9": "include include",
}


def records(folder: Path, name: str, *ids: str) -> str:
    rows = [f'{one},{TITLES[one]},"A, {chr(64 + int(one))}",20{int(one):02},Journal {one},Text' for one in ids]
    path = folder / name
    path.write_text("\n".join(["key,title,authors,year,journal,abstract", *rows, ""]), encoding="utf-8")
    return str(path)


def build_update(base: Path) -> Path:
    """The folder of the review, below `base`: the version "first" is closed, an update under way."""
    review = base / "review"

    def do(*words: str) -> None:
        assert run(["-C", str(review), *words]) == 0, words

    def vote(stage: Stage, votes: Mapping[str, str], reason: str = "") -> None:
        """What `decide KEY VERDICT` does for each of these, without starting anew for each."""
        both = [
            (key, name, verdict)
            for key, said in votes.items()
            for name, verdict in zip(("Ann", "Ben"), said.split(), strict=True)
        ]
        with open_review(review, Environment(), print) as opened:
            for key, name, verdict in both:
                decide(opened, [Decision(key, stage, name, Verdict(verdict), reason)])

    assert run(["init", str(review), "--title", "T", "--reviewer", "Ann", "--reviewer", "Ben"]) == 0
    edit(review, "reviewers_per_record = 1", "reviewers_per_record = 2")
    do("import", records(base, "a.csv", "1", "2", "3", "4", "5", "6"), "--source", "Embase")
    do("import", records(base, "b.csv", "1", "9"), "--source", "Scopus")
    do("dedupe")
    vote(TA, FIRST_VOTES)
    do("adjudicate", "embase:3", "include", "--reviewer", "Ben")
    do("retrieve", "scopus:9", "not-retrieved", "--asked", "a.moreau@example.org", "--reviewer", "Ann")
    vote(FT, {"embase:1": "include include", "embase:4": "include include"})
    vote(FT, {"embase:3": "exclude exclude"}, "Wrong population")
    do("version", "close", "first", "--reviewer", "Ann")

    do("import", records(base, "c.csv", "1", "10", "11"), "--source", "Embase")
    do("dedupe")
    decisions = base / "decisions.csv"
    rows = [f"embase:10,title-abstract,{name},include,,,2024-05-0{day}" for name, day in (("Ann", 1), ("Ben", 2))]
    decisions.write_text("\n".join(["key,stage,reviewer,verdict,reason,note,decided_at", *rows, ""]), encoding="utf-8")
    do("decide", "--from", str(decisions))
    do("decide", "embase:11", "include", "--stage", "title-abstract", "--reviewer", "Ann")
    edit(review, "\nblind = true", "\nblind = false")
    do("decide", "embase:11", "include", "--stage", "title-abstract", "--reviewer", "Ben")
    edit(review, "\nblind = false", "\nblind = true")
    vote(FT, {"embase:10": "include include"})
    vote(FT, {"embase:11": "exclude exclude"}, "Wrong outcome")
    return review


def edit(review: Path, old: str, new: str) -> None:
    path = review / "review.toml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
