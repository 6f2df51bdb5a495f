"""The numbers of a PRISMA 2020 flow diagram, and drawing them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prisma_tool.api.arguments import number_of, path_of, text_of, texts_of

if TYPE_CHECKING:
    from prisma_tool.figure.exchange.typed_flow import TypedFlow
    from prisma_tool.flow.flow import Flow


@dataclass(frozen=True, slots=True)
class FlowNumbers:
    """The numbers of a flow diagram. Get one from a review (`OpenedReview.flow`), `flow_from_csv` or `flow_from_json`.

    `notes` says what is to be known of numbers from a file, as sentences.
    """

    _flow: Flow = field(repr=False)
    notes: tuple[str, ...] = ()
    _hide: frozenset[str] = frozenset()

    @property
    def data(self) -> dict[str, Any]:
        """The object of `flow --json`: `template`, `counts`, `lists`, `pending`, `adjustments`, `footnotes`, `checks`, `interim` and more."""
        from prisma_tool.flow.as_json import as_json

        return as_json(self._flow)

    @property
    def counts(self) -> dict[str, int | None]:
        """Each number by the data keys of the R package PRISMA2020; None where the template has no such box."""
        counts: dict[str, int | None] = self.data["counts"]
        return counts

    @property
    def failed_checks(self) -> list[str]:
        """The strict relations between the numbers that do not hold, each as a sentence; empty where the figure adds up."""
        return [f"{check.name}: {check.detail}" for check in self._flow.checks if check.kind == "strict" and not check.holds]

    def explain(self, key: str) -> dict[str, Any]:
        """What stands behind a number: `key`, `n`, `records` (their keys), `adjustments`, and for counts of studies `studies`.

        Args:
            key: A key of `counts`, or "LIST:LABEL" for a line of a list, such as "dbr_excluded:Wrong population".

        Raises:
            UsageError: there is no such number in this flow.
        """
        from prisma_tool.flow.as_json import explanation

        return explanation(self._flow, text_of(key, "key"))

    def draw(self, *files: str | Path, width_mm: float = 190, hide: Collection[str] = ()) -> tuple[str, ...]:
        """Draw the figure into files, each in the format of its suffix; returns what is to be known of it, as sentences.

        Args:
            files: Their paths: svg, pdf, png, tiff, eps, docx, pptx, html, csv, txt, json, md, or a suffix of a plug-in.
            width_mm: The width, 80 to 500 millimetres.
            hide: Keys of numbers and lists that are left out, "previous", "other" or "footnotes".

        Raises:
            UsageError: another suffix or width, or a key that there is not.
            PrismaError: a file cannot be written; then none is, unless the disk filled up meanwhile.
        """
        from prisma_tool.figure.words.options import FigureOptions
        from prisma_tool.figure.write import draw

        hidden = self._hide | frozenset(texts_of(hide, "hide"))
        options = FigureOptions(width_mm=number_of(width_mm, "width_mm"), hide=hidden)
        return draw(self._flow, [path_of(file, "files") for file in files], options)


def flow_from_csv(file: str | Path) -> FlowNumbers:
    """The flow in a CSV file as the R package PRISMA2020 reads it.

    Raises:
        PrismaError: the file cannot be read, or does not hold the numbers of a flow; the sentence names the line.
    """
    from prisma_tool.figure.exchange.read_file import from_csv

    return _typed(from_csv(path_of(file, "file")))


def flow_from_json(file: str | Path | Mapping[str, Any]) -> FlowNumbers:
    """The flow in a JSON file as `flow --json` writes it, or a shorter one; or the same as a mapping.

    Raises:
        PrismaError: the file cannot be read, or does not hold the numbers of a flow; the sentence names what lacks.

    Example:
        >>> numbers = {"database_results": 120, "duplicates": 20, "records_screened": 100, "records_excluded": 90,
        ...            "dbr_sought_reports": 10, "dbr_notretrieved_reports": 1, "dbr_assessed": 9, "new_studies": 4, "new_reports": 4}
        >>> flow = flow_from_json({"counts": numbers, "lists": {"dbr_excluded": {"Wrong population": 5}}})
        >>> flow.counts["records_screened"], flow.failed_checks
        (100, [])
        >>> flow_from_json({"counts": numbers | {"records_screened": 101}}).failed_checks[0].split(":")[0] != ""
        True
    """
    from prisma_tool.figure.exchange.read_file import from_json, json_of

    if not isinstance(file, Mapping):
        return _typed(from_json(path_of(file, "file")))
    return _typed(json_of(json.dumps(file, default=_plain).encode()))


def _plain(value: object) -> int:
    """Whole numbers of other libraries, such as those of a data frame, as Python's."""
    if isinstance(value, Integral):
        return int(value)
    raise TypeError(
        f"file: a flow holds numbers, texts, lists and mappings, but here is {value!r}, of the type {type(value).__name__}."
    )


def _typed(typed: TypedFlow) -> FlowNumbers:
    return FlowNumbers(typed.flow, tuple(typed.notes), typed.hide)
