"""What is sent to a service for a search of the protocol: numbered lines written out, and the dates of a limited rerun added.

Invariant: the protocol's own text is never changed; what is sent follows from it, the day of the last complete run and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from prisma_tool.identify.strategy.numbered_lines import NumberedStrategy, expansions
from prisma_tool.identify.strategy.pasted.addresses import AddressSearch, read_register_address
from prisma_tool.identify.strategy.pasted.reader import read_strategy
from prisma_tool.model.protocol.live_sources import searched_source
from prisma_tool.model.protocol.protocol import SearchPlan, command_for_search
from prisma_tool.model.record.keys import CLINICALTRIALS
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import runs

TERM = "term"
LIMITS_MISS = (
    "Date-limited rerun: only records added to PubMed, or given MeSH headings, since {day} were asked for. Such a limit misses "
    "records whose dates come late, and cannot tell what has vanished; run `{command}` before you publish."
)
STRATEGY_CHANGED = "The strategy changed since the last complete run, so the whole period is searched with it."


@dataclass(frozen=True, slots=True)
class SubmittedQuery:
    """A search ready to be sent: its lines (None without a text that may have lines), the query of each, and all parameters."""

    plan: SearchPlan
    strategy: NumberedStrategy | None
    queries: Mapping[int, str]
    parameters: Mapping[str, str]
    address: AddressSearch | None = None
    """The address of ClinicalTrials.gov that the parameters were read from, where the protocol holds one."""

    @property
    def line_parameter(self) -> str:
        """The parameter that may hold numbered lines."""
        return searched_source(self.plan.source).line_key

    def alone(self, line: int) -> dict[str, str]:
        """The parameters that search for one line by itself."""
        return self.asking(self.queries[line])

    def asking(self, query: str) -> dict[str, str]:
        """The parameters that search for another query than the last line's, in the same way."""
        along = searched_source(self.plan.source).always_sent
        return {self.line_parameter: query, **{name: self.parameters[name] for name in along}}


def prepare_query(plan: SearchPlan) -> SubmittedQuery:
    """The search with its lines written out.

    Raises:
        StrategyFault: the lines cannot be made into one query.
    """
    source = searched_source(plan.source)
    name, parameters = source.line_key, source.as_sent(plan.parameters)
    is_register = source.label == CLINICALTRIALS and name in parameters
    address = read_register_address(parameters[name]) if is_register else None
    if address is not None:
        parameters = {**{key: value for key, value in parameters.items() if key != name}, **address.parameters}
    if name not in parameters:
        return SubmittedQuery(plan, None, {}, parameters, address)
    strategy = read_strategy(parameters[name], essie=source.expressions)
    queries = expansions(strategy)
    return SubmittedQuery(plan, strategy, queries, {**parameters, name: queries[strategy.last.number]}, address)


def limited_from(transaction: Transaction, plan: SearchPlan, *, whole: bool) -> tuple[str, str]:
    """From where a rerun of this search asks.

    Returns:
        The day as `YYYY/MM/DD` ("" for everything), and the warning that the run has to carry ("" for none).
    """
    last = runs.last_run(transaction, plan.name, [RunStatus.COMPLETE]) if plan.since_last and not whole else None
    if last is None:
        return "", ""
    if last.query != plan.strategy:
        return "", STRATEGY_CHANGED
    day = _day(last.started, plan.overlap_days)
    return day, LIMITS_MISS.format(day=day, command=command_for_search(plan.name, "--whole"))


def _day(moment: datetime, overlap: int) -> str:
    return f"{moment - timedelta(days=overlap):%Y/%m/%d}"


def since(parameters: Mapping[str, str], day: str) -> dict[str, str]:
    """PubMed's parameters limited to what was added (CRDT), or given MeSH headings (MHDA), from `day` on, as PubMed's user guide has them.

    Args:
        parameters: the parameters of the whole search.
        day: as `YYYY/MM/DD`; where it is empty the search stays whole.
    """
    added = f'("{day}"[crdt] : "3000"[crdt]) OR ("{day}"[mhda] : "3000"[mhda])'
    return {**parameters, TERM: f"({parameters[TERM]}) AND ({added})"} if day else dict(parameters)


def as_text(parameters: Mapping[str, str]) -> str:
    """Parameters as one text, as strategies are shown."""
    return SearchPlan("", "", parameters).strategy
