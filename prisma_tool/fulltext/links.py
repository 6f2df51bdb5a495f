"""Where a report can be read: its PDF, DOI, PubMed or register page; and opening one of these with the system's viewer.

Invariants: what is opened is an http(s) address or a PDF that is there; no shell sees either; nothing is opened without being asked
for. `opener` is passed in, so that a program without a screen can show the address instead.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote, urlsplit

from prisma_tool.errors import DecisionError, PrismaError
from prisma_tool.file_io import explained_errors
from prisma_tool.fulltext.attempts import full_texts
from prisma_tool.fulltext.finding.service_answers import TextAnswer, service_attempts
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import one_line
from prisma_tool.plain_files import open_plain, pdf_problem
from prisma_tool.reports.state import reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import records


class LocationKind(StrEnum):
    """What a location is, in the order in which the first that exists is opened."""

    PDF = "pdf"
    DOI = "doi"
    PUBMED = "pubmed"
    PMC = "pmc"
    REGISTER = "register"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class FullTextLocation:
    """Somewhere to read a report: what it is, and the path or address. `missing` marks a file that is not in this folder."""

    what: LocationKind
    target: str
    missing: bool = False


_TO_LOOK_AT = frozenset({TextAnswer.OFFERED, TextAnswer.UNSURE, TextAnswer.PAGE})
"""Answers of services whose address is for a person."""

Opener = Callable[[str], None]
"""Shows a path or address to the person.

Raises:
    PrismaError: nothing here can.
"""


def full_text_locations(review: Review, key: str) -> list[FullTextLocation]:
    """Where the report of a key can be read.

    Raises:
        DecisionError: an unknown key.
    """
    with review.store.read() as transaction:
        records.require(transaction, [key])
        report = reports_of(transaction, [key])[key]
        return places_of(review, transaction, report.key, [record.key for record in report.records])


def places_of(review: Review, transaction: Transaction, representative: str, members: Sequence[str]) -> list[FullTextLocation]:
    """The same for a report whose records are known; `representative` is its key."""
    known = full_texts(transaction, {representative: members})[representative]
    stored = records.records_by_key(transaction, members)
    ordered = sorted(stored.values(), key=lambda record: (record.key != representative, record.key))
    addresses = [location for record in ordered for location in addresses_of(record.citation)]
    named = (one.address for one in service_attempts(known.attempts) if one.answer in _TO_LOOK_AT and one.address)
    copies = (FullTextLocation(LocationKind.LINK, address) for address in named)
    locations = [*(_file_location(review.folder, file) for file in known.files), *copies, *addresses]
    order = list(LocationKind)
    return sorted(dict.fromkeys(locations), key=lambda location: order.index(location.what))


def _file_location(folder: Path, file: str) -> FullTextLocation:
    path = folder / file
    inside = path.resolve().is_relative_to(folder.resolve())
    return FullTextLocation(LocationKind.PDF, str(path), missing=not (inside and path.is_file()))


def addresses_of(citation: Citation) -> Iterator[FullTextLocation]:
    """The addresses at which a record can be read."""
    if citation.doi:
        yield FullTextLocation(LocationKind.DOI, doi_address(citation.doi))
    if citation.pmid.isdecimal():
        yield FullTextLocation(LocationKind.PUBMED, f"https://pubmed.ncbi.nlm.nih.gov/{citation.pmid}/")
    if citation.pmcid:
        yield FullTextLocation(LocationKind.PMC, f"https://pmc.ncbi.nlm.nih.gov/articles/{quote(citation.pmcid)}/")
    for number in citation.registry_numbers:
        yield FullTextLocation(LocationKind.REGISTER, register_page(number))
    for url in citation.urls:
        if is_address(url):
            yield FullTextLocation(LocationKind.LINK, url)


def doi_address(doi: str) -> str:
    """The address that leads to the publisher's page of a DOI."""
    return f"https://doi.org/{quote(doi, safe='/:;()._-')}"


def register_page(number: str) -> str:
    """The page of a trial in its register; that of the WHO's search portal for registers without one that is known here."""
    for beginning, page in _REGISTERS.items():
        if number.startswith(beginning):
            return page.format(quote(number), quote(number.removeprefix("EudraCT ")))
    return f"https://trialsearch.who.int/Trial2.aspx?TrialID={quote(number)}"


_REGISTERS: Mapping[str, str] = {
    "NCT": "https://clinicaltrials.gov/study/{0}",
    "ISRCTN": "https://www.isrctn.com/{0}",
    "EudraCT": "https://www.clinicaltrialsregister.eu/ctr-search/search?query=eudract_number:{1}",
    "DRKS": "https://drks.de/search/en/trial/{0}",
    "ACTRN": "https://www.anzctr.org.au/{0}.aspx",
    "jRCT": "https://jrct.mhlw.go.jp/en-latest-detail/{0}",
}


def is_address(text: str) -> bool:
    """Whether a text is a plain web address that may be handed to a browser."""
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and has_host and text == one_line(text) and " " not in text and text.isprintable()


def open_report(review: Review, key: str, opener: Opener, kind: LocationKind | None = None) -> FullTextLocation:
    """Open the report of a key: the location of this kind, or the first that there is; returns it.

    Raises:
        DecisionError: an unknown key, or there is no such place.
        PrismaError: the file is missing here, or nothing can show it.
    """
    location = choose_location(full_text_locations(review, key), key, kind)
    opener(location.target)
    return location


def choose_location(locations: Iterable[FullTextLocation], key: str, kind: LocationKind | None) -> FullTextLocation:
    """The first location of this kind (None: of any) that can be opened. `key` is for the message where there is none.

    Raises:
        DecisionError: there is none.
        PrismaError: the only one is a file that is missing here.
    """
    matching = [location for location in locations if kind is None or location.what is kind]
    if not matching:
        missing = f"no {kind} to open" if kind else "neither file nor address"
        raise DecisionError(
            f"{one_line(key)} has {missing}; attach a PDF: `prisma-tool retrieve {one_line(key)} retrieved --file PDF`."
        )
    available = next((location for location in matching if not location.missing), None)
    if available is None:
        raise PrismaError(
            f"{matching[0].target} is not in this folder; ask the colleague who attached it, or attach it here again."
        )
    return available


def system_viewer(target: str) -> None:
    """Hand a path or address to the program that the system has for it; returns at once.

    Raises:
        PrismaError: it is neither a web address nor a PDF, or no viewer can be reached from here (as over SSH).
    """
    if not is_address(target) and not Path(target).is_file():
        raise PrismaError(f"{one_line(target)} is neither a web address nor a file; nothing was opened.")
    if not is_address(target):
        _require_pdf(Path(target))
    if sys.platform == "win32":
        with _explained("The system's viewer", target):
            os.startfile(target)  # noqa: S606 - checked above; Windows has no other way
        return
    program = _program(os.environ)
    if program is None:
        raise PrismaError(f"No viewer can be opened from here. The place is: {one_line(target)}")
    with _explained(program, target):
        subprocess.Popen(  # noqa: S603 - a list, no shell; the target was checked above
            [program, target],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


@contextmanager
def _explained(program: str, target: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise PrismaError(f"{program} could not be started ({error.strerror}). The place is: {one_line(target)}") from error


def _require_pdf(path: Path) -> None:
    """A file may have come from a copy, and a viewer runs what is no document."""
    with explained_errors(path), open_plain(path) as stream:
        problem = pdf_problem(path, stream)
    if problem:
        raise PrismaError(f"{one_line(str(path))} is not a PDF ({problem}), so it was not opened.")


def _program(environment: Mapping[str, str]) -> str | None:
    """The system's opener; none without a screen, where a browser in the terminal would write over what is shown there."""
    if sys.platform == "darwin":
        return shutil.which("open")
    if environment.get("WSL_DISTRO_NAME"):
        return shutil.which("wslview")
    has_screen = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    return shutil.which("xdg-open") if has_screen else None
