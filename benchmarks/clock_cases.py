"""Computers whose clocks are wrong: whatever a clock says, what was done last stands, is printed, and is what undo takes back.

    python benchmarks/clock_cases.py

Each case runs the commands of the shell on a review of its own under an injected clock, prints ok or failed, and the exit code is 1
where one failed. A colleague on a shared database is a second clock on the same file: what orders events is the same on a server.
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click

from prisma_tool.cli.main import run
from prisma_tool.errors import ExitCode
from prisma_tool.review import open_review

START = datetime(2025, 2, 3, 9, tzinfo=UTC)
TWO_DAYS, TEN_MINUTES = timedelta(days=2), timedelta(minutes=10)
RECORDS = """accession,title,authors,year
L1,Early mobilisation after stroke,"Moreau, A",2020
L2,Dolphins and their songs in winter,"Ito, B",2021
L3,Early mobilisation after stroke: a trial,"Moreau, A",2020
"""


class Wrong(Exception):
    """Something else stands than was done last."""


@dataclass
class Clock:
    """A clock that moves a second whenever it is read, and that somebody sets."""

    ahead: timedelta = timedelta()
    steps: int = 0

    def now(self) -> datetime:
        """What it shows."""
        self.steps += 1
        return START + self.ahead + timedelta(seconds=self.steps)


@contextmanager
def wall_clock(clock: Clock) -> Iterator[None]:
    """Let the program read this clock in place of the system's."""

    class Shown(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override] # only utc_now asks, and takes a plain datetime
            return clock.now().astimezone(tz)

    with patch.object(open_review, "datetime", Shown):
        yield


UNFINISHED = shutil.ignore_patterns(".*.part*")
"""A daily snapshot that is just being written beside the copying; its file is gone a moment later."""


@dataclass
class Shell:
    """Runs commands on a review under a clock."""

    folder: Path
    clock: Clock = field(default_factory=Clock)

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What a command says on both streams; its exit code must be as given."""
        out, err = TextIOWrapper(BytesIO(), "utf-8"), TextIOWrapper(BytesIO(), "utf-8")
        with wall_clock(self.clock), redirect_stdout(out), redirect_stderr(err):
            actual = run(["-C", str(self.folder), *arguments])
        said = "".join(stream.buffer.getvalue().decode() for stream in flushed(out, err))  # type: ignore[attr-defined] # a BytesIO
        if actual != code:
            raise Wrong(f"`{' '.join(arguments)}` ended with {actual}: {said.strip()}")
        return said

    def json(self, *arguments: str) -> Any:
        """The object that a command prints."""
        said = self(*arguments, "--json")
        return json.loads(said[: said.rindex("}") + 1])

    def verdict(self, key: str) -> str:
        """What stands at title/abstract, by the export."""
        target = self.folder.parent / f"{self.folder.name}.csv"
        self("export", "-o", str(target), "--set", "all", "--reviewer", "Ada")
        with target.open(encoding="utf-8-sig", newline="") as table:
            return next(row["title_abstract"] for row in csv.DictReader(table) if row["key"] == key)

    def copy(self, name: str) -> Shell:
        """A copy of the folder with a clock of its own."""
        return Shell(
            Path(shutil.copytree(self.folder, self.folder.with_name(name), ignore=UNFINISHED)),
            Clock(self.clock.ahead, self.clock.steps),
        )


def flushed(*streams: TextIOWrapper) -> tuple[TextIOWrapper, ...]:
    """The streams with all that was written to them."""
    for stream in streams:
        stream.flush()
    return streams


def expect(actual: object, wanted: object, what: str) -> None:
    """Fail where something else stands."""
    if actual != wanted:
        raise Wrong(f"{what} is {actual!r}, not {wanted!r}")


def expect_said(said: str, *parts: str) -> None:
    """Fail where a command does not say this."""
    for part in parts:
        if part not in said:
            raise Wrong(f"it does not say {part!r} but {said.strip()!r}")


def decided_anew(shell: Shell) -> None:
    """Include with the clock ahead, exclude once it is right."""
    shell.clock.ahead = TWO_DAYS
    shell("decide", "embase:L1", "include")
    shell.clock.ahead = timedelta()
    expect_said(shell("decide", "embase:L1", "exclude"), "embase:L1: exclude", "clock is 2 days behind")
    expect(shell.verdict("embase:L1"), "exclude", "the verdict")


def label_taken_off(shell: Shell) -> None:
    """A label put on with the clock ahead."""
    shell.clock.ahead = TWO_DAYS
    shell("label", "embase:L1", "key trial")
    shell.clock.ahead = timedelta()
    expect(shell.json("label", "embase:L1", "key trial", "--remove")["labels"], [], "the labels")


def field_edited_anew(shell: Shell) -> None:
    """A title corrected with the clock ahead, and corrected again."""
    shell.clock.ahead = TWO_DAYS
    shell("edit", "embase:L1", "title", "First correction")
    shell.clock.ahead = timedelta()
    expect(shell.json("edit", "embase:L1", "title", "Second correction")["value"], "Second correction", "the title")
    shell("edit", "embase:L1", "title", "--undo")
    titles = {one["field"]: one["value"] for one in shell.json("edit", "embase:L1")["fields"]}
    expect(titles["title"], "First correction", "the title")


def cluster_split(shell: Shell) -> None:
    """Two records joined with the clock ahead, and split."""
    shell.clock.ahead = TWO_DAYS
    shell("dedupe", "--merge", "embase:L1", "embase:L3")
    shell.clock.ahead = timedelta()
    expect_said(shell("dedupe", "--split", "embase:L3"), "embase:L3 is a report by itself")
    expect(shell.json("dedupe", "--explain", "embase:L3")["cluster"], ["embase:L3"], "the cluster")


def removal_taken_back(shell: Shell) -> None:
    """A record removed with the clock ahead, and put back."""
    shell.clock.ahead = TWO_DAYS
    shell("remove", "embase:L2", "--as", "other", "--reason", "animals")
    shell.clock.ahead = timedelta()
    shell("remove", "embase:L2", "--undo")
    expect(shell.json("status")["stages"]["title-abstract"]["total"], 3, "the number to be screened")


def last_decision_undone(shell: Shell) -> None:
    """A decision with the clock ahead, another once it is right: undo takes back the other."""
    from prisma_tool.model.vocabulary import Stage
    from prisma_tool.review.environment import Environment
    from prisma_tool.screening.decisions import undo_last

    shell.clock.ahead = TWO_DAYS
    shell("decide", "embase:L1", "include")
    shell.clock.ahead = timedelta()
    shell("decide", "embase:L2", "exclude")
    environment = Environment(database=os.environ.get("PRISMA_TOOL_DATABASE", ""))
    with open_review.open_review(shell.folder, environment, lambda _: None, now=shell.clock.now) as review:
        undone = undo_last(review, "Ada", Stage.TITLE_ABSTRACT)
    expect(undone and undone.subject, "embase:L2", "the record whose decision was taken back")
    expect((shell.verdict("embase:L1"), shell.verdict("embase:L2")), ("include", "pending"), "what stands")


def adjudicated_anew(shell: Shell) -> None:
    """A conflict settled with the clock ahead, and settled otherwise."""
    shell("decide", "embase:L2", "include")
    shell("decide", "embase:L2", "exclude", "--reviewer", "Ben")
    shell.clock.ahead = TWO_DAYS
    shell("adjudicate", "embase:L2", "include")
    shell.clock.ahead = timedelta()
    expect_said(shell("adjudicate", "embase:L2", "exclude"), "settled: exclude")
    expect(shell.verdict("embase:L2"), "exclude", "the verdict")
    expect_said(shell("adjudicate", "embase:L2", "--undo"), "before it stands again: include")


def full_text_retrieved(shell: Shell) -> None:
    """A full text marked as not retrieved with the clock ahead, and then found."""
    shell("decide", "embase:L1", "include")
    shell.clock.ahead = TWO_DAYS
    shell("retrieve", "embase:L1", "not-retrieved")
    shell.clock.ahead = timedelta()
    expect(shell.json("retrieve", "embase:L1", "retrieved")["status"], "retrieved", "the status")
    expect_said(shell("retrieve", "embase:L1", "--undo"), "Now: not-retrieved")


def study_unlinked(shell: Shell) -> None:
    """A report linked to a study with the clock ahead, and unlinked."""
    shell("decide", "embase:L1", "include")
    shell.clock.ahead = TWO_DAYS
    shell("study", "link", "Moreau 2020", "embase:L1")
    shell.clock.ahead = timedelta()
    shell("study", "unlink", "embase:L1")
    expect(shell.json("study", "list")["studies"], [], "the studies")


def reviewer_returned(shell: Shell) -> None:
    """A reviewer who left with the clock ahead, and came back."""
    shell.clock.ahead = TWO_DAYS
    shell("reviewer", "retire", "Ben")
    shell.clock.ahead = timedelta()
    shell("reviewer", "return", "Ben")
    active = {one["name"]: one["active"] for one in shell.json("reviewer", "list")["reviewers"]}
    expect(active["Ben"], True, "whether Ben is active")


def version_reopened(shell: Shell) -> None:
    """A version closed with the clock ahead, another closed once it is right: the other is the newest."""
    shell.clock.ahead = TWO_DAYS
    shell("version", "close", "2024", "--force")
    shell.clock.ahead = timedelta()
    shell("version", "close", "2025", "--force")
    expect(shell.json("version", "reopen")["reopened"], "2025", "the version that was reopened")


def adjustment_taken_back(shell: Shell) -> None:
    """A number entered with the clock ahead, another once it is right: undo takes back the other."""
    shell.clock.ahead = TWO_DAYS
    shell("adjust", "duplicates", "+1", "--note", "first")
    shell.clock.ahead = timedelta()
    shell("adjust", "duplicates", "+2", "--note", "second")
    expect(shell.json("adjust", "--undo")["undone"]["n"], 2, "the number that was taken back")


def colleague_ten_minutes_fast(shell: Shell) -> None:
    """Two clocks on one database, one fast: each in turn has the last word."""
    fast = Shell(shell.folder, Clock(TEN_MINUTES))
    for verdict in ("include", "exclude"):
        fast("decide", "embase:L1", "maybe")
        shell("decide", "embase:L1", verdict)
        expect(shell.verdict("embase:L1"), verdict, "the verdict")


def merged_from_the_future(shell: Shell) -> None:
    """A vote merged from a copy whose clock was 700 days ahead: later votes beat it, and it is named wherever one looks."""
    copy = shell.copy("copy")
    copy.clock.ahead = timedelta(days=700)
    copy("decide", "embase:L1", "include")
    expect_said(shell("merge", str(copy.folder)), "1 event lies in the future")
    expect(shell.verdict("embase:L1"), "include", "the verdict")
    expect_said(shell("decide", "embase:L1", "exclude"), "clock is 2 years behind")
    expect(shell.verdict("embase:L1"), "exclude", "the verdict")
    expect_said(shell("status"), "clock: 1 event lies in the future")
    expect_said(shell("status", "--attention"), "1 event lies in the future")
    expect_said(shell("doctor", code=ExitCode.CHECK_FAILED), "clock")
    copy.clock.ahead = timedelta()
    copy("merge", str(shell.folder))
    expect(copy.verdict("embase:L1"), "exclude", "the verdict in the copy")


def rows_of_a_file(shell: Shell) -> None:
    """A file of decisions whose dates run backwards: its last row stands, over what stood before, and that is said."""
    shell("decide", "embase:L1", "maybe")
    table = shell.folder.parent / f"{shell.folder.name}-decisions.csv"
    rows = "embase:L1,include,2024-06-01\nembase:L1,exclude,2024-05-01\n"
    table.write_text(f"key,verdict,decided_at\n{rows}", encoding="utf-8")
    expect_said(shell("decide", "--from", str(table)), "Stored 2", "exclude by Ada of 2024-05-01 replaces maybe of 2025-02-03")
    expect(shell.verdict("embase:L1"), "exclude", "the verdict")


def found_again_after_closing(shell: Shell) -> None:
    """A version closed with the clock ahead, a file imported once it is right: what it finds again counts in the new version."""
    shell("dedupe")
    for key in ("L1", "L2", "L3"):
        shell("decide", f"embase:{key}", "exclude")
    shell.clock.ahead = TWO_DAYS
    shell("version", "close", "2024", "--force")
    shell.clock.ahead = timedelta()
    imported(shell, 'L1,Early mobilisation after stroke,"Moreau, A",2020,\nL4,Rest after stroke,"Levi, C",2024,\n')
    shell("dedupe")
    counts = shell.json("flow")["counts"]
    expect((counts["database_results"], counts["duplicates"]), (2, 1), "identified and found again")


def change_answered(shell: Shell) -> None:
    """An abstract that arrives with the clock ahead after a decision: who decides anew once it is right has answered it."""
    shell("decide", "embase:L1", "include")
    shell.clock.ahead = TWO_DAYS
    imported(shell, 'L1,Early mobilisation after stroke,"Moreau, A",2020,RESULTS: It helps.\n')
    shell.clock.ahead = timedelta()
    expect(len(shell.json("status")["attention"]["raised"]), 1, "the number of changes that wait")
    shell("decide", "embase:L1", "include")
    expect(shell.json("status")["attention"]["raised"], [], "what waits")


def imported(shell: Shell, rows: str) -> None:
    """Import a further file of the same source."""
    table = shell.folder.parent / "further.csv"
    table.write_text(f"accession,title,authors,year,abstract\n{rows}", encoding="utf-8")
    shell("import", str(table), "--source", "Embase")


CASES: tuple[Callable[[Shell], None], ...] = (
    decided_anew, label_taken_off, field_edited_anew, cluster_split, removal_taken_back, last_decision_undone, adjudicated_anew,
    full_text_retrieved, study_unlinked, reviewer_returned, version_reopened, adjustment_taken_back, colleague_ten_minutes_fast,
    merged_from_the_future, rows_of_a_file, found_again_after_closing, change_answered,
)  # fmt: skip


def begun(folder: Path) -> Shell:
    """A review of Ada and Ben with three records."""
    shell = Shell(folder / "review")
    shell("init", str(shell.folder), "--reviewer", "Ada", "--reviewer", "Ben")
    table = folder / "records.csv"
    table.write_text(RECORDS, encoding="utf-8")
    shell("import", str(table), "--source", "Embase")
    return shell


def failure(case: Callable[[Shell], None], database: str = "") -> str:
    """What went wrong in a case, or nothing; on the database of an address, or on a file."""
    surroundings = {"PRISMA_TOOL_REVIEWER": "Ada"} | ({"PRISMA_TOOL_DATABASE": database} if database else {})
    with tempfile.TemporaryDirectory() as folder, patch.dict("os.environ", surroundings):
        try:
            case(begun(Path(folder)))
        except Wrong as problem:
            return str(problem)
    return ""


def main() -> int:
    """Run all cases; 1 where one failed."""
    failed = 0
    for case in CASES:
        problem = failure(case)
        failed += bool(problem)
        click.echo(f"{'failed' if problem else 'ok':6}  {case.__doc__}" + (f"\n        {problem}" if problem else ""))
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
