"""What the surroundings say: environment variables, and secrets from the user's configuration folder.

Secrets live only here and in the requests that need them; they never reach the folder, the database, raw/ or a message.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from prisma_tool.errors import UsageError

EUTILS_URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
CTGOV_URL = "https://clinicaltrials.gov/api/v2"
EUROPEPMC_URL = "https://www.ebi.ac.uk/europepmc/webservices/rest"
OPENALEX_URL = "https://api.openalex.org"
CROSSREF_URL = "https://api.crossref.org"


@dataclass(frozen=True, slots=True)
class Environment:
    """Addresses of the services, the database and reviewer named from outside, and the services' keys and contact address."""

    eutils_url: str = EUTILS_URL
    ctgov_url: str = CTGOV_URL
    europepmc_url: str = EUROPEPMC_URL
    openalex_url: str = OPENALEX_URL
    crossref_url: str = CROSSREF_URL
    database: str = field(default="", repr=False)
    reviewer: str = ""
    api_key: str = field(default="", repr=False)
    email: str = ""
    openalex_key: str = field(default="", repr=False)


def environment(variables: Mapping[str, str], config_folder: Path) -> Environment:
    """The environment from variables (which win) and `config.toml` in the user's configuration folder.

    Raises:
        UsageError: config.toml is there but cannot be read.
    """
    config = _config(config_folder / "config.toml")

    def value(name: str, default: str = "") -> str:
        return variables.get(name, "").strip() or config.get(name.lower(), default)

    return Environment(
        eutils_url=_address("PRISMA_TOOL_EUTILS_URL", value("PRISMA_TOOL_EUTILS_URL", EUTILS_URL)),
        ctgov_url=_address("PRISMA_TOOL_CTGOV_URL", value("PRISMA_TOOL_CTGOV_URL", CTGOV_URL)),
        europepmc_url=_address("PRISMA_TOOL_EUROPEPMC_URL", value("PRISMA_TOOL_EUROPEPMC_URL", EUROPEPMC_URL)),
        openalex_url=_address("PRISMA_TOOL_OPENALEX_URL", value("PRISMA_TOOL_OPENALEX_URL", OPENALEX_URL)),
        crossref_url=_address("PRISMA_TOOL_CROSSREF_URL", value("PRISMA_TOOL_CROSSREF_URL", CROSSREF_URL)),
        database=value("PRISMA_TOOL_DATABASE"),
        reviewer=value("PRISMA_TOOL_REVIEWER"),
        api_key=value("NCBI_API_KEY"),
        email=value("NCBI_EMAIL"),
        openalex_key=value("OPENALEX_API_KEY"),
    )


def _address(name: str, url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise UsageError(f"{name} is not an address such as {EUTILS_URL}; correct or unset it.")
    return url.rstrip("/")


def _config(path: Path) -> dict[str, str]:
    if not os.access(path, os.R_OK):
        return {}
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"{path} cannot be read: {error}. Mend it or move it away.") from error
    return {name: text for name, text in read.items() if isinstance(text, str)}
