"""A review as the rest of the program meets it: its folder, protocol, environment and open store.

Invariant: whenever a review is open, the newest `protocol` event in its log holds the text of review.toml (counting rule 24).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import SystemRandom
from uuid import uuid4

from prisma_tool.errors import ReviewError, StoreError, UsageError
from prisma_tool.file_io import explained_errors, write_atomically
from prisma_tool.model.log.event_ids import EventIds
from prisma_tool.model.log.events import ENGINE, Channel
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.review import network_drives
from prisma_tool.review.archive import Archive, archived_database, opened_archive
from prisma_tool.review.clock_notice import ClockNotice
from prisma_tool.review.environment import Environment
from prisma_tool.review.identity import identified
from prisma_tool.review.journal import FOLDER, Entry, Journal, shows_work
from prisma_tool.review.protocol.file import encoded, protocol_text
from prisma_tool.review.protocol.first_text import new_protocol_text, with_id
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol
from prisma_tool.review.protocol.search_table import check_searched_elsewhere
from prisma_tool.review.protocol_log import ProtocolAct, is_noted, note_protocol
from prisma_tool.review.relocation import Relocation
from prisma_tool.review.snapshots import FOLDER as BACKUPS
from prisma_tool.review.snapshots import DailySnapshots
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.driver_errors import PUT_BACK
from prisma_tool.store.engine.opening import open_store
from prisma_tool.version import VERSION

_PASSWORD = re.compile(r"://[^@]*:[^@]*@|[?&](?:ssl)?password=", re.IGNORECASE)
"""A database address with a password in it, in either of the places that PostgreSQL knows."""

_RESCUES = (
    f"`prisma-tool rescue` gathers in a new folder all that can be read, the newest {FILE_NAME} that the log holds included."
)

SUBFOLDERS = ("raw", "fulltext", "rejects", BACKUPS, FOLDER)


@dataclass(frozen=True, slots=True)
class Review:
    """An open review."""

    folder: Path
    protocol: Protocol
    environment: Environment
    store: Store
    opened_by: str = ""
    """Who has it open, as far as is known; found changes of review.toml are noted with this name."""
    archive: Archive | None = None
    """What is known of a review that may only be read; None of any other."""

    def reviewer(self, named: str | None) -> str:
        """Who is speaking: the named one, else PRISMA_TOOL_REVIEWER, else the only reviewer of the protocol.

        Raises:
            UsageError: nobody, or somebody whom review.toml does not list.
        """
        name = named or self.environment.reviewer
        listed = self.protocol.reviewers
        if not name and len(listed) != 1:
            raise UsageError(f"Say who you are: --reviewer NAME or PRISMA_TOOL_REVIEWER. {_listed(listed)}")
        person = self._person(name) if name else listed[0]
        if person in self.protocol.observers:
            raise UsageError(f"{person} is an observer of this review and changes nothing; {FILE_NAME} says so.")
        return person

    @property
    def only_read(self) -> bool:
        """Whether nothing can be changed here."""
        return self.archive is not None

    @property
    def cache(self) -> Path:
        """The folder for what may be lost at any time."""
        return (self.archive.elsewhere if self.archive else self.folder) / "cache"

    def protocol_text(self) -> str:
        """The text of review.toml; of a review that may only be read, the one that is in force.

        Raises:
            PrismaError: it cannot be read.
        """
        return self.archive.text if self.archive else protocol_text(self.folder)

    def through(self, channel: Channel) -> Review:
        """The same review, whose events say that they came by this channel."""
        return replace(self, store=self.store.through(channel))

    def viewer(self, named: str | None) -> str:
        """Who is looking (counting rule 25): as `reviewer`, but observers may look too, and nobody need be named (empty).

        Raises:
            UsageError: somebody whom review.toml does not list.
        """
        name = named or self.environment.reviewer
        if name:
            return self._person(name)
        return self.protocol.reviewers[0] if len(self.protocol.reviewers) == 1 else ""

    @property
    def operator(self) -> str:
        """Who is known to act, for the record of a run: who opened the review, else as `viewer`; nobody (empty) for an unlisted name.

        Never the account of the operating system: nobody agreed to have that in a review's record.
        """
        try:
            return self.opened_by or self.viewer(None)
        except UsageError:
            return ""

    def opened_for(self, named: str) -> Review:
        """The same review, opened by this person: as for `viewer`, but by nobody known for a name that review.toml does not list."""
        try:
            return replace(self, opened_by=self.viewer(named))
        except UsageError:
            return self

    def _person(self, name: str) -> str:
        """A name as review.toml spells it."""
        if name.casefold() == ENGINE:
            raise UsageError(f"'{ENGINE}' is how deduplication signs its verdicts; choose another name.")
        rules = self.protocol
        known = (*rules.reviewers, *rules.adjudicators, *rules.observers, *rules.tools)
        match = next((person for person in known if person.casefold() == name.casefold()), None)
        if rules.reviewers and match is None:
            raise UsageError(f"'{name}' is not a reviewer of this review. {_listed(rules.reviewers)}")
        return match or name


def _listed(names: tuple[str, ...]) -> str:
    return (
        f"Reviewers in {FILE_NAME}: {', '.join(names)}."
        if names
        else f'{FILE_NAME} lists no reviewers yet; write reviewers = ["Your Name"] into it.'
    )


def create_review(
    folder: Path,
    *,
    title: str = "",
    pubmed: str = "",
    ctgov: str = "",
    reviewers: tuple[str, ...] = (),
    sources: tuple[str, ...] = (),
    text: str = "",
) -> None:
    """Make a review folder with a first protocol.

    review.toml comes last: without it there is no review, so an interrupted `init` can simply be repeated.

    Args:
        folder: where to; it is made if it does not exist.
        title: the title of the review.
        pubmed: a strategy for PubMed; empty for no search there.
        ctgov: a strategy for ClinicalTrials.gov; empty for no search there.
        reviewers: the names of the reviewers.
        sources: the names of sources that are searched elsewhere, whose files will be imported.
        text: a whole protocol, in place of what the other arguments say.

    Raises:
        ReviewError: there is a review already, be it without its review.toml, or a value cannot stand in review.toml.
    """
    target = folder / FILE_NAME
    if target.exists():
        raise ReviewError(f"{folder} holds a review already; nothing was changed. Choose another folder.")
    if _lost_its_protocol(folder):
        raise ReviewError(
            f"{folder} holds a review that lost its {FILE_NAME}; nothing was changed. {_RESCUES} Or choose another folder."
        )
    check_searched_elsewhere(sources)
    review_id = str(uuid4())
    text = text or new_protocol_text(
        title=title, pubmed=pubmed, ctgov=ctgov, reviewers=reviewers, review_id=review_id, sources=sources
    )
    if not parse_protocol(text, str(target)).id:
        text = with_id(text, review_id)
    data = encoded(text, target)
    with explained_errors(folder):
        for name in SUBFOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
    write_atomically(target, data)


def find_review(start: Path) -> Path:
    """The folder of the review that `start` lies in.

    Raises:
        ReviewError: none here or above.
    """
    for folder in (start, *start.parents):
        with explained_errors(folder):
            if (folder / FILE_NAME).is_file():
                return folder
    if _lost_its_protocol(start):
        raise ReviewError(f"{start} holds a review that lost its {FILE_NAME}. Put it back, for example from a copy. {_RESCUES}")
    raise ReviewError(
        f"There is no review in {start} or above it. Start one with `prisma-tool init DIR`, or name its folder: `prisma-tool -C DIR ...`."
    )


def _lost_its_protocol(folder: Path) -> bool:
    """Whether a folder without review.toml shows that a review was worked on in it."""
    with explained_errors(folder):
        return (folder / "review.db").is_file() or shows_work(folder)


def _resolved(start: Path) -> Path:
    try:
        with explained_errors(start):
            return start.resolve()
    except RuntimeError as error:
        raise ReviewError(f"{start} leads in a circle of links.") from error


def utc_now() -> datetime:
    """The system's clock."""
    return datetime.now(UTC)


@contextmanager
def open_review(  # noqa: PLR0913 - what opening needs is passed in by name
    start: Path,
    environment: Environment,
    tell: Callable[[str], None],
    now: Callable[[], datetime] = utc_now,
    via: Channel = Channel.COMMAND_LINE,
    mounts: Callable[[], list[str]] = network_drives.mounts,
    *,
    by: str = "",
    may_upgrade: Callable[[str], bool] = lambda _: False,
) -> Iterator[Review]:
    """Open the review around `start`; closes the store at the end.

    Args:
        start: the review's folder, or any folder in it.
        environment: what the surroundings say about services, database and reviewer.
        tell: receives warnings: a database on a network drive, one that is brought up to date.
        now: the clock; aware moments.
        via: how what is done meanwhile is said to have come.
        mounts: the lines of this machine's table of mounts.
        by: who opens it, where the command names somebody; a change of review.toml is noted with that name.
        may_upgrade: is asked, with what it means for whom, before a database on a server is upgraded.

    Raises:
        ReviewError: no review, or review.toml is wrong.
        StoreError: the database cannot be used.
    """
    folder = find_review(_resolved(start))
    relocation = Relocation(folder, lambda: _database(folder, _protocol(folder), environment))
    text = protocol_text(folder)
    protocol = parse_protocol(text, str(folder / FILE_NAME))
    address = _database(folder, protocol, environment)
    is_new = _is_new(folder)
    _refuse_lost_database(address, is_new=is_new)
    if (archive := archived_database(address)) is not None:
        with opened_archive(archive, folder, protocol, now, tell) as opened:
            store = replace(opened.store, via=via)
            yield Review(folder, store.protocol, environment, store, archive=opened).opened_for(by)
        return
    if isinstance(address, Path) and (warning := network_drives.warning(address, mounts())):
        tell(warning)
    store = open_store(
        address,
        protocol=protocol,
        now=now,
        new_id=EventIds(now, SystemRandom().getrandbits),
        tool_version=VERSION,
        backups=folder / BACKUPS,
        tell=tell,
        create=is_new,
        may_upgrade=may_upgrade,
    )
    with ExitStack() as stack:
        stack.callback(store.close)
        daily = DailySnapshots(store.file, folder / BACKUPS, tell)
        stack.callback(daily.finish)
        store = replace(store, via=via, after_commit=_all(Journal(folder, tell).append, ClockNotice(now, tell).look, daily.note))
        text = identified(store, folder, protocol, text, tell)
        if not protocol.id:
            protocol = _protocol(folder)
            store = store.under(protocol)
        review = Review(folder, protocol, environment, store).opened_for(by)
        note_protocol(store, text, review.opened_by)
        following = relocation.following(store, protocol.id, tell)
        # Wherever it has moved meanwhile.
        stack.callback(following.close)
        yield replace(review, store=following)


def _all(*followers: Callable[[Sequence[Entry]], None]) -> Callable[[Sequence[Entry]], None]:
    def follow(entries: Sequence[Entry]) -> None:
        for follower in followers:
            follower(entries)

    return follow


def reread(review: Review, act: ProtocolAct = ProtocolAct.NOTED) -> Review:
    """The same review under review.toml as it stands now: the change is logged, and all outcomes are judged anew under it.

    The review that is given keeps its protocol; the database stays open and is the same for both. `act` says what is known of the change.

    Raises:
        ReviewError: review.toml is wrong; nothing has changed.
        StoreError: the database, or another one that it names now, cannot be used, or nothing can be changed here; nothing has changed.
    """
    review.store.require_writable()
    text = protocol_text(review.folder)
    protocol = parse_protocol(text, str(review.folder / FILE_NAME))
    review.store.follow()
    store = review.store.under(protocol)
    text = identified(store, review.folder, protocol, text, lambda _: None)
    note_protocol(store, text, review.opened_by, act)
    return replace(review, protocol=protocol, store=store)


def note_found(review: Review, text: str) -> None:
    """Log review.toml as it was found, before a command writes it, so that the command's change is that command's alone.

    Raises:
        StoreError: nothing can be changed here.
    """
    review.store.require_writable()
    if not is_noted(review.store, text):
        protocol = parse_protocol(text, str(review.folder / FILE_NAME))
        note_protocol(review.store.under(protocol), text, review.opened_by)


def _is_new(folder: Path) -> bool:
    """Whether nothing was ever done in a folder: it holds no answers of runs, and its journal tells of no work."""
    with explained_errors(folder):
        return not any((folder / "raw").glob("*/*")) and not shows_work(folder)


def _refuse_lost_database(address: str | Path, *, is_new: bool) -> None:
    """An empty or missing database file beside stored answers or a journal is a loss, not a new review; what is no file is no database.

    Raises:
        StoreError: it is so.
    """
    if isinstance(address, Path):
        with explained_errors(address):
            if address.exists() and not address.is_file():
                raise StoreError(f"{address} is no file (a folder, pipe or device), so no database is opened there. {PUT_BACK}")
            if not is_new and (not address.exists() or not address.stat().st_size):
                raise StoreError(
                    f"{address} is missing or empty, though raw/ or journal/ show that this review was worked on. {PUT_BACK} "
                    "To start anew instead, move raw/ and journal/ away."
                )


def _protocol(folder: Path) -> Protocol:
    return parse_protocol(protocol_text(folder), str(folder / FILE_NAME))


def _database(folder: Path, protocol: Protocol, environment: Environment) -> str | Path:
    return environment.database or database_address(folder, protocol)


def database_address(folder: Path, protocol: Protocol) -> str | Path:
    """Where the database of a review is, by its folder and protocol alone.

    Raises:
        ReviewError: the protocol holds a password.
    """
    if _PASSWORD.search(protocol.database_url):
        raise ReviewError(
            f"{folder / FILE_NAME}: 'database.url' holds a password, which would travel with every copy of the folder. "
            "Remove it there and put the whole address into PRISMA_TOOL_DATABASE, or the password into ~/.pgpass."
        )
    scheme, _, path = protocol.database_url.partition("sqlite:///")
    if path and not scheme:
        # A path in review.toml starts at the review, wherever the command is called.
        return folder / path
    return protocol.database_url or folder / "review.db"
