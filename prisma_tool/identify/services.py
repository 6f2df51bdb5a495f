"""Setting up the clients of the two services: session, throttle and real clock in one place."""

from __future__ import annotations

import time

import requests

from prisma_tool.identify.searching import Services
from prisma_tool.review.environment import Environment
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport

PUBMED_PER_SECOND, PUBMED_PER_SECOND_WITH_KEY = 3, 10
CTGOV_PER_SECOND = 1
MARGIN = 1.1
"""The services count requests by their own clock: a tenth slower than permitted never trips it."""


def services(environment: Environment) -> Services:
    """Clients for the addresses, key and contact of this environment."""
    rate = PUBMED_PER_SECOND_WITH_KEY if environment.api_key else PUBMED_PER_SECOND
    return Services(
        pubmed=PubMed(_transport("PubMed", rate), environment.eutils_url, environment.email, environment.api_key),
        ctgov=ClinicalTrials(_transport("ClinicalTrials.gov", CTGOV_PER_SECOND), environment.ctgov_url),
        clock=time.monotonic,
    )


def _transport(service: str, per_second: int) -> Transport:
    throttle = Throttle(MARGIN / per_second, time.monotonic, time.sleep)
    return Transport(service, requests.Session(), throttle, time.monotonic, time.sleep)
