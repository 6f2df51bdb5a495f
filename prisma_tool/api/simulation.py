"""Replaying a finished screening in the order of relevance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prisma_tool.api.arguments import items_of, path_of, seed_of, text_of, texts_of

if TYPE_CHECKING:
    from prisma_tool.ranking.simulation.labelled_data import LabelledSet


@dataclass(frozen=True, slots=True)
class LabelledRecord:
    """A record of a finished screening, and whether it was included."""

    id: str
    title: str
    abstract: str
    included: bool
    year: int | None = None


def simulate(
    labelled: str | Path | Iterable[LabelledRecord], *, priors: Sequence[str] = (), question: str = "", seed: int = 0
) -> dict[str, Any]:
    """Replay a finished screening in the order of relevance, and judge that order.

    Args:
        labelled: A CSV file with id, title, abstract, year and included (1 or 0), also packed with gzip; or the records.
        priors: Ids of records whose labels are known beforehand; they are part of no figure.
        question: The review's question, which leads until relevant records are found.
        seed: Decides equal scores and random draws: the same seed gives the same result.

    Returns:
        The object of `simulate --json`: `n`, `included`, `wss95`, `wss100`, `recall10`, `recall20`, `atd`, `order` (ids), `stopping`, `seconds`.

    Raises:
        FormatError: a file without the columns that it needs, an id that stands twice, or no labelled record.
        UsageError: a prior that there is not, a negative seed, or the extra `ranking` is not installed.
        PrismaError: the file cannot be read.

    Example:
        >>> invented = [LabelledRecord(str(n), f"Cells in study {n}" if n < 3 else f"Teeth in survey {n}", "", n < 3) for n in range(20)]
        >>> result = simulate(invented, priors=["0", "19"])
        >>> result["n"], result["included"], sorted(result["order"][:2])
        (18, 2, ['1', '2'])
    """
    from prisma_tool.ranking.simulation.labelled_data import read_labelled
    from prisma_tool.ranking.simulation.run import SimulationOptions
    from prisma_tool.ranking.simulation.run import simulate as replayed

    options = SimulationOptions(tuple(texts_of(priors, "priors")), text_of(question, "question"), seed_of(seed))
    given = read_labelled(path_of(labelled, "labelled")) if isinstance(labelled, str | Path) else _labelled_set(labelled)
    return replayed(given, options).as_json()


def _labelled_set(records: Iterable[LabelledRecord]) -> LabelledSet:
    from prisma_tool.ranking.features import Text
    from prisma_tool.ranking.simulation.labelled_data import LabelledRow, labelled_set

    rows = (
        LabelledRow(record.id, Text(record.title, record.abstract, record.year), bool(record.included), number)
        for number, record in enumerate(_sound(records), 1)
    )
    return labelled_set(Path("the records"), rows)


def _sound(records: Iterable[LabelledRecord]) -> list[LabelledRecord]:
    """The records, whose fields are of their types; True and False of other libraries, and 1 and 0, will do."""
    given = items_of(records, "labelled", (LabelledRecord,))
    for number, record in enumerate(given):
        for name in ("id", "title", "abstract"):
            text_of(getattr(record, name), f"labelled, item {number}: {name}")
        if not (record.year is None or isinstance(record.year, Integral)):
            raise TypeError(f"labelled, item {number}: year must be a whole number or None, and is {record.year!r}.")
        if record.included not in (True, False):
            raise TypeError(f"labelled, item {number}: included must be True or False, and is {record.included!r}.")
    return given
