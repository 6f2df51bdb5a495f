"""Draw docs/screening.svg: the screening screen at 140 x 38, on a small invented review or on one that is given.

    python docs/make_screenshot.py [REVIEW-FOLDER]

The same review gives the same picture, save for generated ids, which are made stable; nothing in it points to the network.
"""

from __future__ import annotations

import asyncio
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import create_review, open_review, utc_now
from prisma_tool.tui.app import ReviewApp

HERE = Path(__file__).parent
SIZE = (140, 38)
PROTOCOL = """
title = "CAR-T cells in relapsed or refractory acute myeloid leukaemia"
question = "Are chimeric antigen receptor T cells safe and effective in relapsed or refractory AML?"
reviewers = ["Anna"]

[criteria]
include = [
    "Adults or children with relapsed or refractory AML",
    "CAR-T cells of any target, any dose",
    "Clinical trials, prospective or retrospective cohorts",
]
exclude = ["Cell lines and animals only", "Reviews, editorials, protocols", "Other leukaemias without AML results apart"]

[highlight]
include = ["CAR T", "chimeric antigen receptor*", "acute myeloid leuk*", "AML", "relaps*", "refractory", "CD33", "CLL1", "phase I"]
exclude = ["mice", "mouse", "in vitro", "xenograft*", "review"]
"""
RECORD = """TY  - JOUR
TI  - CLL1-directed CAR T cells in adults with relapsed or refractory acute myeloid leukaemia: a phase I dose-escalation trial
AU  - Invented, Marta
AU  - Example, Jonas K
AU  - Fictional, Wei
AU  - Imaginary, Ines
JF  - Journal of Invented Haematology
PY  - 2023
VL  - 12
IS  - 3
SP  - 214
EP  - 226
DO  - 10.5555/jih.2023.0214
M3  - Clinical Trial, Phase I
M3  - Journal Article
AB  - BACKGROUND: Outcomes of relapsed or refractory acute myeloid leukaemia (AML) remain poor. C-type lectin-like molecule 1 (CLL1) is expressed on leukaemic blasts but not on normal haematopoietic stem cells; CLL1-directed chimeric antigen receptors eliminated blasts in vitro and in mice.
 METHODS: In this open-label, single-centre phase I trial, adults with CLL1-positive AML that was refractory to two lines of treatment, or had relapsed, received a single infusion of autologous CAR T cells after fludarabine and cyclophosphamide, at one of three dose levels. The primary endpoints were dose-limiting toxicity and the incidence of adverse events within 28 days.
 RESULTS: Of 24 patients enrolled, 21 were infused. Cytokine release syndrome occurred in 19 (grade 3 or higher in four) and neurotoxicity in three. Fourteen of 21 patients reached complete remission, or complete remission with incomplete count recovery; eight were consolidated by allogeneic transplantation. Median follow-up was 11.4 months.
 CONCLUSIONS: CLL1-directed CAR T cells were feasible and active in AML; prolonged neutropenia needs planning for transplantation. (Invented record.)
KW  - acute myeloid leukaemia
KW  - chimeric antigen receptor
KW  - CLL1
ER  -
"""
OTHER = "TY  - JOUR\nTI  - Invented record {n} on CAR T cells in acute myeloid leukaemia\nPY  - 20{n}\nAB  - Invented.\nER  - \n"


def invented(folder: Path) -> None:
    """A review of twelve invented records, the third of which is the one to look at."""
    create_review(folder, text=PROTOCOL)
    records = [OTHER.format(n=n) for n in range(12, 23)]
    (folder / "records.ris").write_text("".join([*records[:2], RECORD, *records[2:]]), encoding="utf-8")
    with open_review(folder, Environment(), print, now=moment) as review:
        import_file(review, folder / "records.ris", Import("Embase"))


def moment() -> datetime:
    """A fixed time, so that the picture stays the same."""
    return datetime(2025, 2, 3, 12, tzinfo=UTC)


async def picture(folder: Path, *, votes: int, now: Callable[[], datetime]) -> str:
    """The screen after so many decisions, as SVG."""
    with open_review(folder, Environment(), print, now=now) as review:
        app = ReviewApp(review, review.protocol.reviewers[0], Stage.TITLE_ABSTRACT)
        async with app.run_test(size=SIZE) as pilot:
            for verdict in [Verdict.EXCLUDE, Verdict.INCLUDE][:votes]:
                await app.screen.run_action(f"decide('{verdict}')")
            await pilot.pause()
            return self_contained(app.export_screenshot(title="prisma-tool screen"))


def self_contained(svg: str) -> str:
    """The picture without fonts from elsewhere and with stable ids."""
    svg = re.sub(r"@font-face\s*\{[^}]*\}", "", svg).replace("Fira Code, monospace", "monospace")
    return re.sub(r"terminal-\d+", "terminal", svg)


def main() -> None:
    """Write the picture."""
    with TemporaryDirectory() as temporary:
        if len(sys.argv) > 1:
            svg = asyncio.run(picture(Path(sys.argv[1]), votes=0, now=utc_now))
        else:
            invented(Path(temporary) / "review")
            svg = asyncio.run(picture(Path(temporary) / "review", votes=2, now=moment))
    (HERE / "screening.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
