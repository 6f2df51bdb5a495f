"""Every figure in every output, made into pictures that a person can look at.

    python benchmarks/figure_gallery.py DIR                    # all of them
    python benchmarks/figure_gallery.py DIR --width 90 --style grey --output .svg .pdf

Draws each flow (the four templates, an update with other methods, further boxes, a living review, long labels with large numbers) at each width and in
each style into DIR, converts each file to PNG with the program that reads it as readers do (Chromium for SVG and HTML, LibreOffice for
docx and pptx, poppler for PDF, Ghostscript for EPS), and puts the pictures of each flow on a contact sheet. An output without its program
is named and left out of the sheets. Programs are found on the PATH, or where the variables CHROMIUM, SOFFICE, PDFTOPPM and GS say.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from prisma_tool.figure.words.options import PRESETS, FigureOptions, Palette
from prisma_tool.figure.write import draw
from prisma_tool.flow.flow import COUNT_KEYS, Adjustment, Count, Flow, Participants, Pending, Template, VersionFlow
from prisma_tool.flow.living.balance import with_versions
from prisma_tool.flow.living.versions import together
from prisma_tool.flow.template import OTHER_BOXES, PREVIOUS_BOXES, UPDATED, WITH_OTHER
from prisma_tool.model.protocol.figure_words import STEP_COUNTS, ExtraBoxes, FigureWords

DOTS_PER_INCH = 80
ACROSS = 6
OUTPUTS = (".svg", ".html", ".pdf", ".eps", ".png", ".docx", ".pptx")
LONG = "Exposure-response relation of co-interventions could not be told apart in the follow-up that was reported"


def number(n: int) -> Count:
    """A number that somebody typed in."""
    return Count(adjustments=(Adjustment(n, "invented"),))


def flow_of(template: Template, scale: int = 1) -> Flow:
    """Invented numbers for a template; `scale` makes them larger."""
    absent = {*(() if template in UPDATED else PREVIOUS_BOXES), *(() if template in WITH_OTHER else OTHER_BOXES)}
    numbers: dict[str, Any] = {key: number((11 + 7 * place) * scale) for place, key in enumerate(COUNT_KEYS) if key not in absent}
    return Flow(
        template,
        **numbers,
        database_specific_results={"PubMed": number(6 * scale), "Embase": number(5 * scale)},
        register_specific_results={"ClinicalTrials.gov": number(18 * scale)},
        dbr_excluded={"Wrong population": number(3 * scale), "Wrong study design": number(4 * scale)},
        other_excluded={"Wrong population": number(2 * scale)} if template in WITH_OTHER else {},
        footnotes=("** All records were excluded by human reviewers.",),
    )


def long_labels() -> Flow:
    """Seven digits, long names, a stamp, notes on many lines and studies set aside."""
    return replace(
        flow_of(Template.UPDATED_V2, 98_765),
        database_specific_results={
            f"{name} (Ovid, 1974 to 2026 November 28)": number(9_876_543) for name in ("Embase", "MEDLINE")
        },
        dbr_excluded={
            LONG: number(1_234_567),
            "Nonrandomised-comparative-effectiveness-study": number(7),
            "Étude à Łódź": number(8),
        },
        other_specific_results={"Contact with authors and manufacturers": number(12)},
        ongoing={"Ongoing studies": number(2)},
        ongoing_reports={"Reports of ongoing studies": number(3)},
        pending=Pending(title_abstract=number(12)),
        participants=Participants(123_456, 20, 25),
        words=FigureWords(
            {
                "excluded": "Exclusions were applied following title and abstract screening.",
                "records_screened": f"A note on a line. {LONG}.",
                "dbr_excluded": "A note on a list.",
            },
            {"citations_results": "Backward (ascendant) and forward (descendant) citations"},
        ),
    )


def living(updates: int) -> Flow:
    """A base version and updates."""
    base = VersionFlow("January 2021", flow_of(Template.NEW_V2, 20))
    later = (VersionFlow(f"Month {place}", flow_of(Template.NEW_V1)) for place in range(1, updates + 1))
    versions = (base, *later)
    return with_versions(together(versions), versions)


def with_further_boxes() -> Flow:
    """Titles and abstracts as two steps, and screening in the column of other methods."""
    counts = dict(zip(STEP_COUNTS, map(number, (5, 40, 9)), strict=True))
    return replace(flow_of(Template.UPDATED_V2), **counts, words=FigureWords(show=(*ExtraBoxes,)))


FLOWS: Mapping[str, Flow] = {
    **{template.value: flow_of(template) for template in Template},
    "further-boxes": with_further_boxes(),
    "long": long_labels(),
    "living-2": living(2),
    "living-7": living(7),
}


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs that turn a file into pictures, where this machine has them."""

    chromium: str | None
    office: str | None
    poppler: str | None
    ghostscript: str | None

    @classmethod
    def of_this_machine(cls) -> Programs:
        """Those that a variable names, else those on the PATH."""
        return cls(
            _program("CHROMIUM", "chromium", "google-chrome"),
            _program("SOFFICE", "soffice", "libreoffice"),
            _program("PDFTOPPM", "pdftoppm"),
            _program("GS", "gs"),
        )

    def picture(self, path: Path) -> Path | None:
        """`path` as PNG beside it; None where the program for it is missing or makes none."""
        makers: Mapping[str, Callable[[Path, Path], object]] = {
            ".svg": self._browser, ".html": self._browser, ".pdf": self._pdf, ".eps": self._eps, ".docx": self._document,
            ".pptx": self._document,
        }  # fmt: skip
        if path.suffix == ".png":
            return path
        target = path.with_name(f"{path.name}.png")
        makers[path.suffix](path, target)
        return target if target.is_file() else None

    def _browser(self, source: Path, target: Path) -> None:
        if self.chromium:
            size = "900,1500" if source.suffix == ".svg" else "1000,1700"
            options = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--window-size={size}")
            _run([self.chromium, *options, f"--screenshot={target}", source.resolve().as_uri()])

    def _pdf(self, source: Path, target: Path) -> None:
        if self.poppler:
            _run([self.poppler, "-r", str(DOTS_PER_INCH), "-png", "-singlefile", str(source), str(target.with_suffix(""))])

    def _eps(self, source: Path, target: Path) -> None:
        if self.ghostscript:
            options = (
                "-q",
                "-dSAFER",
                "-dBATCH",
                "-dNOPAUSE",
                "-dEPSCrop",
                "-sDEVICE=png16m",
                f"-r{DOTS_PER_INCH}",
                "-dGraphicsAlphaBits=4",
            )
            _run([self.ghostscript, *options, f"-sOutputFile={target}", str(source)])

    def _document(self, source: Path, target: Path) -> None:
        if self.office and self.poppler:
            _run([self.office, "--headless", "--convert-to", "pdf", "--outdir", str(source.parent / "office"), str(source)])
            self._pdf(source.parent / "office" / f"{source.stem}.pdf", target)


def _program(variable: str, *names: str) -> str | None:
    return os.environ.get(variable) or next((path for name in names if (path := shutil.which(name))), None)


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)  # noqa: S603 # our own commands on our own files


def figures(folder: Path, wanted: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    """Draws every figure that is wanted; gives the name of its flow and the file."""
    for name, width, style, output in product(wanted.flow, wanted.width, wanted.style, wanted.output):
        options = FigureOptions(width_mm=PRESETS[width], palette=Palette(style), dpi=DOTS_PER_INCH)
        # LibreOffice names its PDF after the stem, which is why the kind stands in it.
        path = folder / f"{name}_{width}_{style}_{output[1:]}{output}"
        draw(FLOWS[name], [path], options)
        yield name, path


def sheet(pictures: Sequence[Path], target: Path) -> None:
    """The pictures on one sheet, row by row, each under its name."""
    opened = [Image.open(path).convert("RGB") for path in pictures]
    width, height = max(one.width for one in opened), max(one.height for one in opened) + 14
    rows = -(-len(opened) // ACROSS)
    whole = Image.new("RGB", (min(len(opened), ACROSS) * (width + 8), rows * (height + 8)), "#888888")
    for place, (one, path) in enumerate(zip(opened, pictures, strict=True)):
        x, y = place % ACROSS * (width + 8), place // ACROSS * (height + 8)
        ImageDraw.Draw(whole).text((x + 2, y + 1), path.name, fill="white")
        whole.paste(one, (x, y + 14))
    whole.save(target)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--flow", nargs="+", choices=FLOWS, default=list(FLOWS))
    parser.add_argument("--width", nargs="+", choices=PRESETS, default=list(PRESETS))
    parser.add_argument(
        "--style", nargs="+", choices=[palette.value for palette in Palette], default=[one.value for one in Palette]
    )
    parser.add_argument("--output", nargs="+", choices=OUTPUTS, default=list(OUTPUTS))
    wanted = parser.parse_args()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    programs = Programs.of_this_machine()
    pictures: dict[str, list[Path]] = {}
    for name, path in figures(wanted.folder, wanted):
        picture = programs.picture(path)
        if picture is None:
            print(f"{path.name}: no program here makes a picture of it")
        else:
            pictures.setdefault(name, []).append(picture)
    for name, drawn in pictures.items():
        sheet(drawn, wanted.folder / f"sheet_{name}.png")
        print(f"sheet_{name}.png: {len(drawn)} pictures")


if __name__ == "__main__":
    main()
