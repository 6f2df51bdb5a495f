"""Setting up the clients of the services: session, throttle and real clock in one place."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import requests

from prisma_tool.review.environment import Environment
from prisma_tool.sources.citations.crossref import Crossref
from prisma_tool.sources.citations.europepmc import EuropePmcCitations
from prisma_tool.sources.citations.index import CitationIndex
from prisma_tool.sources.citations.openalex import OpenAlex
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.europepmc import EuropePmc
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport

PUBMED_PER_SECOND, PUBMED_PER_SECOND_WITH_KEY = 3, 10
CTGOV_PER_SECOND = 1
OPENALEX_PER_SECOND, CROSSREF_PER_SECOND = 5, 3
EUROPEPMC_PER_SECOND = 3
"""The service names no limit; so many are no burden to it."""
MARGIN = 1.04
"""The services count requests by their own clock and see them a little closer together than they left: a shade slower than permitted."""


@dataclass(frozen=True, slots=True)
class Services:
    """The clients of the services."""

    pubmed: PubMed
    ctgov: ClinicalTrials
    europepmc: EuropePmc
    clock: Callable[[], float]


def services(environment: Environment) -> Services:
    """Clients for the addresses, key and contact of this environment; however often they are made, they share one pace per service."""
    rate = PUBMED_PER_SECOND_WITH_KEY if environment.api_key else PUBMED_PER_SECOND
    return Services(
        pubmed=PubMed(
            _transport("PubMed", environment.eutils_url, rate), environment.eutils_url, environment.email, environment.api_key
        ),
        ctgov=ClinicalTrials(_transport("ClinicalTrials.gov", environment.ctgov_url, CTGOV_PER_SECOND), environment.ctgov_url),
        europepmc=EuropePmc(_transport("Europe PMC", environment.europepmc_url, EUROPEPMC_PER_SECOND), environment.europepmc_url),
        clock=time.monotonic,
    )


def citation_indexes(environment: Environment) -> dict[str, CitationIndex]:
    """The citation indexes by the names that `cite --index` takes, in the order of preference; OpenAlex is there only with a key."""
    indexes: dict[str, CitationIndex] = {"europepmc": EuropePmcCitations(services(environment).europepmc)}
    if environment.openalex_key:
        line = _transport("OpenAlex", environment.openalex_url, OPENALEX_PER_SECOND)
        indexes["openalex"] = OpenAlex(line, environment.openalex_url, environment.openalex_key)
    line = _transport("Crossref", environment.crossref_url, CROSSREF_PER_SECOND)
    return {**indexes, "crossref": Crossref(line, environment.crossref_url, environment.email)}


def _transport(service: str, address: str, per_second: int) -> Transport:
    return Transport(service, requests.Session(), throttle(address, per_second), time.monotonic, time.sleep)


@cache
def throttle(address: str, per_second: int) -> Throttle:
    """The one throttle of this process for a service at `address`: a service counts the requests of all that a computer sends."""
    del address  # only tells one service from another
    return Throttle(MARGIN / per_second, time.monotonic, time.sleep)
