"""Setting up the services that full texts are looked for by: clients, paces and the hosts that may be private."""

from __future__ import annotations

import ipaddress
import time
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from prisma_tool.identify.run.services import EUROPEPMC_PER_SECOND, OPENALEX_PER_SECOND, throttle, transport
from prisma_tool.review.environment import Environment
from prisma_tool.sources.citations.openalex import NO_KEY
from prisma_tool.sources.europepmc import EuropePmc
from prisma_tool.sources.fulltexts.download import Downloader
from prisma_tool.sources.fulltexts.europepmc import EuropePmcTexts
from prisma_tool.sources.fulltexts.locations import TextService, host_of
from prisma_tool.sources.fulltexts.openalex import OpenAlexTexts
from prisma_tool.sources.fulltexts.pmc import PmcCloud
from prisma_tool.sources.fulltexts.unpaywall import NO_EMAIL, Unpaywall
from prisma_tool.sources.public_hosts import public_session
from prisma_tool.sources.transport import Transport

PMC_PER_SECOND, UNPAYWALL_PER_SECOND = 10, 10
"""PMC's Cloud Service names no limit, Unpaywall 100,000 a day; so many are no burden to either."""
HOST_PER_SECOND = 1
"""Of publishers and repositories, whose limits nobody knows."""
_LOCAL = ("localhost",)


@dataclass(frozen=True, slots=True)
class TextClients:
    """The clients for an environment: services in their order, the fetching of documents, and who is left out and why."""

    services: tuple[TextService, ...]
    downloader: Downloader
    left_out: tuple[str, ...]
    transports: list[Transport]

    def requests_sent(self) -> int:
        """How many requests all of them have sent."""
        return sum(one.requests_sent for one in self.transports)


def text_clients(environment: Environment) -> TextClients:
    """Clients for the addresses, e-mail address and key of this environment; nothing is sent yet."""
    places = (
        ("PMC", environment.pmc_url, PMC_PER_SECOND),
        ("Unpaywall", environment.unpaywall_url, UNPAYWALL_PER_SECOND),
        ("Europe PMC", environment.europepmc_url, EUROPEPMC_PER_SECOND),
        ("OpenAlex", environment.openalex_url, OPENALEX_PER_SECOND),
    )
    ways = {label: transport(label, address, rate) for label, address, rate in places}
    services: list[TextService] = [PmcCloud(ways["PMC"], environment.pmc_url)]
    if environment.unpaywall_email:
        services.append(Unpaywall(ways["Unpaywall"], environment.unpaywall_url, environment.unpaywall_email))
    services.append(EuropePmcTexts(EuropePmc(ways["Europe PMC"], environment.europepmc_url)))
    if environment.openalex_key:
        services.append(OpenAlexTexts(ways["OpenAlex"], environment.openalex_url, environment.openalex_key))
    left_out = [*(() if environment.unpaywall_email else (NO_EMAIL,)), *(() if environment.openalex_key else (_no_key(),))]
    rates = {host_of(address): (address, rate) for _, address, rate in places}
    allowed = frozenset(host for host, (address, _) in rates.items() if _is_private(address))
    transports = list(ways.values())
    session = public_session(allowed)

    @cache
    def to_host(host: str) -> Transport:
        way = Transport(host, session, throttle(*rates.get(host, (host, HOST_PER_SECOND))), time.monotonic, time.sleep)
        transports.append(way)
        return way

    return TextClients(tuple(services), Downloader(to_host, allowed), tuple(left_out), transports)


def _no_key() -> str:
    return NO_KEY


def _is_private(address: str) -> bool:
    """Whether a service's own address is one of this computer or network, as that of a stand-in is."""
    name = urlsplit(address).hostname or ""
    try:
        return not ipaddress.ip_address(name).is_global
    except ValueError:
        return name in _LOCAL
