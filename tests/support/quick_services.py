"""Clients that wait for nothing, for tests that ask stand-ins."""

from __future__ import annotations

import time

import requests

from prisma_tool.sources.europepmc import EuropePmc
from prisma_tool.sources.transport import Throttle, Transport

NOWHERE = "http://127.0.0.1:9"
"""An address at which nothing listens."""


def hurry(seconds: float) -> None:
    """Sleeps not at all."""


def quick_transport(service: str, session: requests.Session) -> Transport:
    """A way to a service that neither keeps a pace nor waits between tries."""
    return Transport(service, session, Throttle(0.0, time.monotonic, hurry), time.monotonic, hurry)


def quick_europepmc(address: str = NOWHERE) -> EuropePmc:
    """A client of Europe PMC; without an address, for tests that never ask it."""
    return EuropePmc(quick_transport("Europe PMC", requests.Session()), address)
