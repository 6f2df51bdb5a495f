"""Draw the pictures of the manual: every place of the application, and the figure with its options, all from invented records.

    python docs/make_pictures.py            writes docs/pictures/
    python docs/make_pictures.py --check    writes nothing; exit code 1 where a picture no longer shows what the program shows

The places show the worked example of `prisma-tool demo`; conflicts, team and duplicates a small review by two people. Invariant: the same
program gives the same pictures: the clock stands still, and no picture names anything on this machine or points to the network.
"""

from __future__ import annotations

import asyncio
import html
import json
import re
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from prisma_tool.cli.main import run
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.demo.build import build_demo
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import QueueMark, read_queue
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.place_table import PLACES

HERE = Path(__file__).parent
SIZE = (120, 34)
OF_TWO = ("duplicates", "conflicts", "team")
"""Places that are shown in the review of two people; all others in the worked example."""
FIGURES = {
    "figure": (),
    "figure-grey": ("--style", "grey"),
    "figure-line-art": ("--style", "line-art"),
    "figure-narrow": ("--preset", "90"),
    "figure-horizontal": ("--layout", "horizontal"),
    "figure-scoping": ("--wording", "scoping"),
    "figure-spanish": ("--language", "es"),
    "figure-reasons": ("--reasons-at-screening",),
}
LIVING = {
    "versions": [
        {
            "label": "January 2025",
            "counts": {
                "database_results": 4210,
                "duplicates": 710,
                "records_screened": 3500,
                "records_excluded": 3320,
                "dbr_sought_reports": 180,
                "dbr_notretrieved_reports": 4,
                "dbr_assessed": 176,
                "new_studies": 21,
                "new_reports": 26,
            },
            "lists": {"dbr_excluded": {"Wrong population": 90, "Wrong study design": 60}},
        },
        {
            "label": "July 2025",
            "counts": {
                "database_results": 510,
                "duplicates": 60,
                "records_screened": 450,
                "records_excluded": 431,
                "dbr_sought_reports": 19,
                "dbr_notretrieved_reports": 0,
                "dbr_assessed": 19,
                "new_studies": 3,
                "new_reports": 4,
            },
            "lists": {"dbr_excluded": {"Wrong population": 10, "Wrong study design": 5}},
        },
    ]
}
"""A living review that was counted elsewhere."""
PROTOCOL = """title = "CAR-T cells in acute myeloid leukaemia"
question = "Are CAR-T cells safe and effective in relapsed or refractory AML?"
reviewers = ["Anna", "Ben"]
[screening]
reviewers_per_record = 2
"""
ENTRY = """TY  - JOUR
TI  - {title}
AU  - Invented, Marta
AU  - Example, Jonas K
JF  - Journal of Invented Haematology
PY  - {year}
VL  - {volume}
SP  - {page}
AB  - Patients with relapsed or refractory acute myeloid leukaemia received CAR-T cells. (Invented record.)
ER  -
"""
TITLES = (
    "CLL1-directed CAR T cells in adults with relapsed acute myeloid leukaemia",
    "CD33-directed CAR T cells in children with refractory leukaemia",
    "CAR T cells against CD123: a phase I trial",
    "Manufacturing of allogeneic CAR T cells from cord blood",
    "Neurotoxicity after CAR T cells in myeloid malignancies",
    "Bridging to transplantation after CAR T cells",
)


def moment() -> datetime:
    """A fixed time, so that the pictures stay the same."""
    return datetime(2026, 2, 3, 12, tzinfo=UTC)


def pictures(workplace: Path) -> Iterator[tuple[str, str]]:
    """All pictures by their names below docs/, as SVG; they are made in `workplace`, an empty folder."""
    demo, pair = workplace / "worked-example", workplace / "two-people"
    build_demo(demo, Environment(), _ignore, _ignore, moment)
    two_people(pair)
    for place in PLACES:
        yield f"pictures/{place.name}.svg", picture(pair if place.name in OF_TWO else demo, place.name)
    exclude_the_rest(demo)
    with chdir(workplace):
        Path("living.json").write_text(json.dumps(LIVING), encoding="utf-8")
        for name, options in FIGURES.items():
            yield f"pictures/{name}.svg", drawn("-C", str(demo), "flow", *options)
        yield "pictures/figure-living.svg", drawn("flow", "--from-json", "living.json", "--template", "living")


def two_people(folder: Path) -> None:
    """A small review by two people: votes that agree and that do not, duplicates for sure and in doubt."""
    create_review(folder, text=PROTOCOL)
    first = [ENTRY.format(title=title, year=2020 + n, volume=n + 1, page=100 + n) for n, title in enumerate(TITLES)]
    second = [
        ENTRY.format(title=TITLES[0], year=2020, volume=1, page=100),
        ENTRY.format(title=f"{TITLES[2]} in elderly patients", year=2022, volume=3, page=102),
    ]
    (folder.parent / "first.ris").write_text("".join(first), encoding="utf-8")
    (folder.parent / "second.ris").write_text("".join(second), encoding="utf-8")
    with open_review(folder, Environment(), _ignore, moment) as review:
        import_file(review, folder.parent / "first.ris", Import("Embase"))
        import_file(review, folder.parent / "second.ris", Import("Scopus"))
        deduplicate(review, lambda: 0.0)
        vote(review)


def vote(review: Review) -> None:
    """Anna votes on four records, Ben on three of them, once otherwise."""
    keys = waiting(review, "Anna")
    given = {"Anna": "include include exclude exclude", "Ben": "include exclude exclude"}
    for who, verdicts in given.items():
        for key, verdict in zip(keys, verdicts.split(), strict=False):
            decide(review, [Decision(key, Stage.TITLE_ABSTRACT, who, Verdict(verdict))])


def waiting(review: Review, who: str) -> list[str]:
    """The reports whose title and abstract wait for somebody, in the order of arrival."""
    with review.store.read() as transaction:
        queue = read_queue(transaction, Stage.TITLE_ABSTRACT, who)
    return [key for key, mark in zip(queue.keys, queue.marks, strict=True) if mark == QueueMark.WAITS]


def picture(folder: Path, place: str) -> str:
    """A place of the application."""
    return asyncio.run(_picture(folder, place))


async def _picture(folder: Path, place: str) -> str:
    with open_review(folder, Environment(), _ignore, moment) as review:
        app = ReviewApp(review, review.protocol.reviewers[0], place)
        async with app.run_test(size=SIZE) as pilot:
            await pilot.pause()
            await app.workers.wait_for_complete()
            await pilot.pause()
            return self_contained(app.export_screenshot(title="prisma-tool"))


def self_contained(svg: str) -> str:
    """The picture without fonts from elsewhere and with stable ids."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg).replace("Fira Code, monospace", "monospace")
    return re.sub(r"terminal-\d+", "terminal", svg)


def exclude_the_rest(folder: Path) -> None:
    """Decide on what is left, so that the figure is complete."""
    with open_review(folder, Environment(), _ignore, moment) as review:
        who = review.protocol.reviewers[0]
        decide(review, [Decision(key, Stage.TITLE_ABSTRACT, who, Verdict.EXCLUDE) for key in waiting(review, who)])


def drawn(*arguments: str) -> str:
    """A figure, drawn by the command line."""
    with redirect_stdout(StringIO()), redirect_stderr(StringIO()) as narration:
        code = run([*arguments, "-o", "figure.svg"])
    if code:
        raise SystemExit(narration.getvalue())
    return Path("figure.svg").read_text(encoding="utf-8")


def shown(svg: str) -> str:
    """The text in a picture: what a reader would notice if it changed."""
    return html.unescape(" ".join(re.findall(r">([^<>]+)</(?:text|tspan)>", svg)))


def _ignore(_: str) -> None:
    """Progress is of no interest here."""


def main() -> int:
    """Write or check the pictures."""
    check, stale = "--check" in sys.argv[1:], []
    with TemporaryDirectory() as temporary:
        for name, svg in pictures(Path(temporary)):
            target = HERE / name
            if not check:
                target.parent.mkdir(exist_ok=True)
                target.write_text(svg, encoding="utf-8")
            elif not target.is_file() or shown(target.read_text(encoding="utf-8")) != shown(svg):
                stale.append(name)
    if stale:
        sys.stderr.write(f"Stale: {', '.join(stale)}. Draw them anew: python docs/make_pictures.py\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
