"""Building the demo: every step of a review, through the code that a real review runs.

Invariant: DIR appears complete or not at all. The work happens beside it, in DIR.unfinished, which a later attempt clears away; the
stand-in servers end with this process, however it ends.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import ExitCode, PrismaError
from prisma_tool.figure.render.terminal import render_text
from prisma_tool.figure.write import draw
from prisma_tool.file_io import explained_errors, read_file
from prisma_tool.flow.read import read_flow
from prisma_tool.fulltext.finding.find import find_texts
from prisma_tool.fulltext.finding.find_request import FindRequest
from prisma_tool.fulltext.retrieval import retrieve
from prisma_tool.identify.citations.question import CitationQuestion
from prisma_tool.identify.citations.run import cite
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.identify.run.full_text_clients import text_clients
from prisma_tool.identify.run.progress import Narrator
from prisma_tool.identify.run.services import citation_indexes, services
from prisma_tool.identify.search.run import run_searches
from prisma_tool.model.log.events import Channel
from prisma_tool.model.vocabulary import RunStatus, Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review, utc_now
from prisma_tool.screening.decision_csv import read_decisions, read_links, read_retrievals
from prisma_tool.screening.decisions import decide
from prisma_tool.studies.links import link_all

Tell = Callable[[str], None]

MARK = ".unfinished-demo"
"""The file by which a later attempt knows that a left-over folder is an unfinished demo and may be cleared away."""
SERVER_SECONDS = 20
DEMO_ACCESS = {"openalex_key": "invented-key", "unpaywall_email": "team@example.org"}
"""What the stand-ins take for a key and an address."""
CITATION_INDEXES = ("openalex", "crossref")
DATABASE_NAMES = ("Embase", "Scopus")


def build_demo(folder: Path, environment: Environment, tell: Tell, say: Tell, now: Callable[[], datetime] = utc_now) -> None:
    """Build the demo review in `folder`; `tell` hears the progress, `say` the flow and what to do next, `now` is the clock.

    Raises:
        PrismaError: `folder` exists, or a step failed; then nothing stands at `folder`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise PrismaError(f"{folder} exists already and is not overwritten. Name another folder: prisma-tool demo DIR.")
    workplace = _workplace(folder)
    fixtures = fixture_folder()
    demo = fixtures / "demo"
    create_review(workplace, text=read_file(demo / "review.toml").decode())
    with stand_ins(fixtures) as addresses:
        # The demo's database is its own file, whatever database the surroundings name.
        local = replace(environment, **addresses, **DEMO_ACCESS, database="", reviewer="", api_key="", email="")
        with open_review(workplace, local, tell, now) as review:
            _identify(review, demo, tell)
            _screen(review, demo, tell)
            _search_citations(review, demo, tell)
            say(_draw(review, workplace, tell))
            _import_late_records(review, demo, tell)
    (workplace / MARK).unlink()
    with explained_errors(folder):
        if folder.exists():
            folder.rmdir()
        workplace.rename(folder)
    say(_next_steps(folder))


def _workplace(folder: Path) -> Path:
    workplace = folder.with_name(f"{folder.name}.unfinished")
    if workplace.exists() and not (workplace / MARK).is_file():
        raise PrismaError(f"{workplace} is in the way and is not an unfinished demo; move it, or name another folder.")
    with explained_errors(workplace):
        if workplace.exists():
            shutil.rmtree(workplace)
        workplace.mkdir(parents=True)
        (workplace / MARK).write_text("prisma-tool demo was interrupted here; this folder can be deleted.\n")
    return workplace


def fixture_folder() -> Path:
    """The invented records and stand-in servers: within the installed package, else in the checkout.

    Raises:
        PrismaError: they are in neither place.
    """
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "_fixtures", package.parent / "fixtures"):
        if (folder / "serve.py").is_file():
            return folder
    raise PrismaError("The demo's records were not installed with this copy of prisma-tool; reinstall it.")


@contextmanager
def stand_ins(fixtures: Path) -> Iterator[dict[str, str]]:
    """Run the stand-in servers; gives their addresses by the names that `Environment` has for them.

    The servers stop when their standard input ends, so that not even a killed parent leaves them behind.

    Raises:
        PrismaError: they do not start.
    """
    command = [sys.executable, str(fixtures / "serve.py"), "--parent-pipe"]
    surroundings = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(  # noqa: S603 - our own script, run by our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=surroundings
    ) as server:
        try:
            line = server.stdout.readline() if server.stdout else b""
            if not line:
                raise PrismaError("The demo's local servers did not start; may programs listen on 127.0.0.1 here?")
            addresses = json.loads(line)
            yield {f"{name}_url": address for name, address in addresses.items()}
        finally:
            if server.stdin:
                server.stdin.close()
            server.wait(SERVER_SECONDS)


def _identify(review: Review, demo: Path, tell: Tell) -> None:
    for report in run_searches(review, review.protocol.searches, services(review.environment), Narrator(tell)):
        tell(f"{report.source}: {report.reported} records reported, {report.stored} stored")
        if report.status is not RunStatus.COMPLETE:
            raise PrismaError(f"The demo's {report.source} search did not finish: {'; '.join(report.warnings)}")
    _import(review, demo / "embase.ris", DATABASE_NAMES[0], tell)


def _import(review: Review, path: Path, source: str, tell: Tell) -> None:
    report = import_file(review, path, Import(source))
    tell(f"{source}: {report.declared} entries in {path.name}, {report.new} new records")
    deduped = deduplicate(review, time.monotonic)
    tell(f"Deduplication: {deduped.records} records are {deduped.unique} reports")


def _screen(review: Review, demo: Path, tell: Tell) -> None:
    review = review.through(Channel.FILE)
    reviewer = review.reviewer(None)
    decisions = read_decisions(demo / "decisions.csv", review, None)
    by_stage = [[choice for choice in decisions if choice.stage == stage] for stage in ("title-abstract", "full-text")]
    decide(review, by_stage[0])
    tell(f"Title/abstract: {len(by_stage[0])} decisions by {reviewer}")
    _find_texts(review, _keys(demo / "wanted_texts.csv"), tell)
    retrieve(review, read_retrievals(demo / "retrieval.csv"), reviewer)
    decide(review, by_stage[1])
    tell(f"Full text: {len(by_stage[1])} decisions")
    link_all(review, read_links(demo / "studies.csv"), reviewer)


def _find_texts(review: Review, keys: tuple[str, ...], tell: Tell) -> None:
    """One report after the other: together, the service that answers first would come first in the log, and the example be another each time."""
    clients, retrieved = text_clients(review.environment), 0
    for key in keys:
        report = find_texts(review, FindRequest((key,)), review.reviewer(None), clients, Narrator(tell))
        if report.exit_code is not ExitCode.DONE:
            raise PrismaError(f"The demo's services for full texts did not answer: {', '.join(report.problems)}")
        retrieved += len(report.retrieved)
    tell(f"Full texts: services were asked for {len(keys)}, {retrieved} retrieved")


def _search_citations(review: Review, demo: Path, tell: Tell) -> None:
    """What the included reports cite and what cites them; the few new works are screened, and end as excluded or not retrieved."""
    available = citation_indexes(review.environment)
    report = cite(
        review, CitationQuestion(indexes=CITATION_INDEXES), [available[name] for name in CITATION_INDEXES], Narrator(tell)
    )
    tell(f"Citation searching: {report.works} works, {report.new} of them new")
    if report.status is not RunStatus.COMPLETE:
        raise PrismaError(f"The demo's citation search did not finish: {'; '.join(report.warnings)}")
    deduplicate(review, time.monotonic)
    by_file = review.through(Channel.FILE)
    decisions = read_decisions(demo / "cited_decisions.csv", by_file, None)
    decide(by_file, [choice for choice in decisions if choice.stage == Stage.TITLE_ABSTRACT])
    _find_texts(review, tuple(choice.key for choice in decisions if choice.verdict == Verdict.INCLUDE), tell)
    retrieve(by_file, read_retrievals(demo / "cited_retrieval.csv"), review.reviewer(None))
    decide(by_file, [choice for choice in decisions if choice.stage == Stage.FULL_TEXT])


def _keys(path: Path) -> tuple[str, ...]:
    """The keys of a table with one column."""
    return tuple(read_file(path).decode().split()[1:])


def _draw(review: Review, folder: Path, tell: Tell) -> str:
    flow = read_flow(review)
    draw(flow, [folder / "prisma.svg", folder / "prisma.png"])
    tell("Wrote prisma.svg and prisma.png.")
    return render_text(flow, width=shutil.get_terminal_size((100, 24)).columns)


def _import_late_records(review: Review, demo: Path, tell: Tell) -> None:
    """A further database, undecided: something to screen, and an interim flow."""
    _import(review, demo / "late.ris", DATABASE_NAMES[1], tell)


def _next_steps(path: Path) -> str:
    folder = shlex.quote(str(path))
    return f"""
The review in {path} is complete, and its figure is in {path / "prisma.svg"} and {path / "prisma.png"}.
Since then some records of a further database have arrived and wait for you:

  prisma-tool -C {folder} screen                              screen them by keyboard
  prisma-tool -C {folder} status                              see where the review stands
  prisma-tool -C {folder} flow                                the flow diagram, now interim
  prisma-tool -C {folder} flow --explain records_excluded     the records behind a number
  prisma-tool -C {folder} export -o records.csv               everything, as a table
"""
