"""Replaying a finished screening in the order of relevance."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
        UsageError: a prior that there is not.
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

    given = read_labelled(Path(labelled)) if isinstance(labelled, str | Path) else _labelled_set(labelled)
    return replayed(given, SimulationOptions(tuple(priors), question, seed)).as_json()


def _labelled_set(records: Iterable[LabelledRecord]) -> LabelledSet:
    from prisma_tool.ranking.features import Text
    from prisma_tool.ranking.simulation.labelled_data import LabelledRow, labelled_set

    rows = (
        LabelledRow(record.id, Text(record.title, record.abstract, record.year), record.included, number)
        for number, record in enumerate(records, 1)
    )
    return labelled_set(Path("the records"), rows)
