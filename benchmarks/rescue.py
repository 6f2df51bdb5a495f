"""Rescue after damage: a property over seeds.

    python benchmarks/rescue.py                  # 200 seeds
    python benchmarks/rescue.py --seeds 1000 --first 5000

Each seed makes a review with imports, decisions of two reviewers, undone ones, snapshots and a closed version, as a program leaves it that
was killed (the write-ahead log still beside the database) or that ended, damages it in one way, and rescues it. No decision that was
confirmed may be missing, no record, and no event; and whatever is missing all the same must have been named (exit code 3). Damage that also takes the journal
may cost what was done since the last snapshot, but never without a word. Prints a table, and exits 1 on a loss.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from prisma_tool.errors import ExitCode
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.rescue.rescue import rescue
from prisma_tool.review.copies.backup import back_up
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.compaction import PAGE_BYTES
from prisma_tool.store.records import records
from prisma_tool.updates import close_version

PAGE = PAGE_BYTES
REVIEWERS = ("Ada", "Ben")


@dataclass(frozen=True, slots=True)
class Held:
    """What a review held: the hash of each event by its id, which of them are decisions, and the title of each record."""

    events: Mapping[str, str]
    decisions: frozenset[str]
    titles: Mapping[str, str]


def held(review: Review) -> Held:
    """What an open review holds."""
    with review.store.read() as transaction:
        events = list(event_rows.events(transaction))
        titles = {record.key: record.citation.title for record in records.all_records(transaction)}
    return Held({event.id: event.sha256 for event in events}, frozenset(e.id for e in events if e.kind == "decision"), titles)


def silent(text: str) -> None:
    """What is told meanwhile is not looked at."""


def make(folder: Path, chance: random.Random) -> Held:
    """A review in folder/review, as a killed program (or one that ended) leaves it; returns what it held."""
    work = folder / "work"
    create_review(work, title="A review", reviewers=REVIEWERS)
    with open_review(work, Environment(), silent) as review:
        for part in range(chance.randint(1, 3)):
            _import(review, folder / f"part{part}.ris", part, chance.randint(5, 60), chance)
            _screen(review, chance.randint(1, 25), chance)
            if chance.random() < 0.4:
                back_up(review)
            if chance.random() < 0.2:
                close_version.close(review, f"v{part}", "Ada", {}, force=True)
        _screen(review, chance.randint(1, 25), chance)
        before = held(review)
        if killed := chance.random() < 0.6:
            shutil.copytree(work, folder / "review")
    if not killed:
        shutil.copytree(work, folder / "review")
    return before


def _import(review: Review, path: Path, part: int, size: int, chance: random.Random) -> None:
    entries = (
        f"TY  - JOUR\nAN  - {part}-{number}\nTI  - Trial {part}.{number} of {chance.choice(('zinc', 'aspirin', 'caffeine'))}\n"
        f"AU  - Moreau, A\nPY  - {chance.randint(1990, 2025)}\nAB  - {'Invented words. ' * chance.randint(1, 90)}\nER  - \n"
        for number in range(size)
    )
    path.write_text("\n".join(entries), encoding="utf-8")
    import_file(review, path, Import(chance.choice(("Embase", "Scopus"))))


def _screen(review: Review, count: int, chance: random.Random) -> None:
    with review.store.read() as transaction:
        keys = [record.key for record in records.all_records(transaction)]
    for key in chance.choices(keys, k=count):
        verdict = chance.choice((Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE))
        decide(
            review, [Decision(key, Stage.TITLE_ABSTRACT, chance.choice(REVIEWERS), verdict, note=chance.choice(("", "a note")))]
        )


def truncate(folder: Path, chance: random.Random) -> None:
    """Cut the database off somewhere."""
    path = folder / "review.db"
    with path.open("rb+") as stream:
        stream.truncate(chance.randrange(path.stat().st_size + 1))


def _overwrite(path: Path, chance: random.Random, first: int = 0) -> None:
    pages = path.stat().st_size // PAGE
    with path.open("rb+") as stream:
        for page in chance.sample(range(first, pages), k=min(pages - first, chance.randint(1, max(2, pages // 4)))):
            stream.seek(page * PAGE)
            stream.write(chance.randbytes(PAGE) if chance.random() < 0.7 else bytes(PAGE))


def overwrite_pages(folder: Path, chance: random.Random) -> None:
    """Overwrite pages of the database at random, the first one spared."""
    if (folder / "review.db").stat().st_size > PAGE:
        _overwrite(folder / "review.db", chance, first=1)


def overwrite_any_pages(folder: Path, chance: random.Random) -> None:
    """Overwrite pages of the database and of its log at random, the first one too."""
    for name in ("review.db", "review.db-wal"):
        if (folder / name).exists() and (folder / name).stat().st_size > PAGE:
            _overwrite(folder / name, chance)


def flip_bytes(folder: Path, chance: random.Random) -> None:
    """Change single bytes, as a failing disk does."""
    path = folder / "review.db"
    data = bytearray(path.read_bytes())
    for _ in range(chance.randint(1, 200)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    path.write_bytes(data)


def drop_log(folder: Path, _chance: random.Random) -> None:
    """Lose the database's side files, as a careless copy does."""
    for name in ("review.db-wal", "review.db-shm"):
        (folder / name).unlink(missing_ok=True)


def delete_database(folder: Path, chance: random.Random) -> None:
    """Lose the database."""
    drop_log(folder, chance)
    (folder / "review.db").unlink()


def delete_all_databases(folder: Path, chance: random.Random) -> None:
    """Lose the database and every snapshot."""
    delete_database(folder, chance)
    shutil.rmtree(folder / "backups")


def another_file(folder: Path, chance: random.Random) -> None:
    """Another file, or another program's database, in the place of review.db."""
    delete_database(folder, chance)
    if chance.random() < 0.5:
        (folder / "review.db").write_bytes(chance.randbytes(chance.randrange(100_000)))
    else:
        with closing(sqlite3.connect(folder / "review.db")) as connection:
            connection.executescript(
                "CREATE VIEW event AS SELECT 1 AS id; CREATE TABLE record (key BLOB); INSERT INTO record VALUES (x'ff')"
            )


def damage_snapshots_too(folder: Path, chance: random.Random) -> None:
    """Overwrite pages of the database and of every snapshot."""
    overwrite_any_pages(folder, chance)
    for path in (folder / "backups").glob("*.db"):
        _overwrite(path, chance)


def damage_toml_too(folder: Path, chance: random.Random) -> None:
    """Overwrite pages of the database, and lose review.toml."""
    overwrite_any_pages(folder, chance)
    (folder / "review.toml").write_bytes(chance.randbytes(300))


def lose_journal_too(folder: Path, chance: random.Random) -> None:
    """Damage the database, and lose the journal or a part of it."""
    chance.choice((truncate, overwrite_pages, flip_bytes))(folder, chance)
    for path in (folder / "journal").iterdir():
        data = path.read_bytes()
        path.write_bytes(data[: chance.randrange(len(data))] if chance.random() < 0.5 else b"")


def lose_raw_too(folder: Path, chance: random.Random) -> None:
    """Damage the database, and lose untouched answers."""
    chance.choice((truncate, overwrite_pages, delete_database))(folder, chance)
    for path in (folder / "raw").glob("*/*"):
        if chance.random() < 0.5:
            path.unlink()


Damage = Callable[[Path, random.Random], None]
WHOLE: tuple[Damage, ...] = (
    truncate, overwrite_pages, overwrite_any_pages, flip_bytes, drop_log, delete_database, delete_all_databases, another_file,
    damage_snapshots_too, damage_toml_too,
)  # fmt: skip
"""After these nothing may be missing."""
PARTLY: tuple[Damage, ...] = (lose_journal_too, lose_raw_too)
"""After these something may be, but not without a word."""


def rescued(seed: int, damage: Damage, folder: Path) -> tuple[str, str]:
    """One seed: what came of it in a word (whole, named, LOST or UNNAMED) and in detail."""
    chance = random.Random(seed)
    return damaged(damage, folder, chance, make(folder, chance))


def damaged(damage: Damage, folder: Path, chance: random.Random, before: Held) -> tuple[str, str]:
    """As `rescued`, of the review that was made in the folder and held what stood in it before."""
    damage(folder / "review", chance)
    result = rescue(folder / "review", folder / "new", Environment(), silent)
    with open_review(folder / "new", Environment(), silent) as review:
        after = held(review)
    lost = {event for event, digest in before.events.items() if after.events.get(event) != digest}
    lost_records = before.titles.keys() - after.titles.keys()
    made_up = after.titles.keys() - before.titles.keys()
    detail = (
        f"{len(lost & before.decisions)} decisions, {len(lost)} events, {len(lost_records)} records lost, {len(made_up)} made up"
    )
    if made_up and result.exit_code is not ExitCode.INCOMPLETE:
        return "UNNAMED", detail
    if not lost and not lost_records:
        return "whole", ""
    if damage in WHOLE and (lost or damage is not damage_toml_too):
        return "LOST", detail
    return ("named", detail) if result.exit_code is ExitCode.INCOMPLETE else ("UNNAMED", detail)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    arguments = parser.parse_args()
    kinds, outcomes, bad = WHOLE + PARTLY, Counter[tuple[str, str]](), False
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        damage = kinds[seed % len(kinds)]
        with TemporaryDirectory() as folder:
            try:
                outcome, detail = rescued(seed, damage, Path(folder))
            except Exception as error:  # noqa: BLE001 - a seed that breaks is a result too
                outcome, detail = "BROKE", repr(error)
        outcomes[damage.__name__, outcome] += 1
        if outcome.isupper():
            bad = True
            print(f"seed {seed}, {damage.__name__}: {outcome}: {detail}", flush=True)
    words = ("whole", "named", "LOST", "UNNAMED", "BROKE")
    print(f"\n{'damage':<24}" + "".join(f"{word:>9}" for word in words))
    for damage in kinds:
        print(f"{damage.__name__:<24}" + "".join(f"{outcomes[damage.__name__, word]:>9}" for word in words))
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
