"""Is any single change of a deposit noticed? Random changes, each made to a sound deposit by itself, each verified.

    python benchmarks/bundle_changes.py REVIEW.zip [--changes N] [--seed N]

Two kinds of changes. Blunt ones change the archive's bytes: a byte, a bit, a piece cut out, put in, doubled or exchanged with another. Careful
ones change one thing in one file (a value of a line of the log or the data, a line dropped, doubled or moved, a cell, a number, a file added,
left out or exchanged with another) and then pack the archive and write manifest.json anew, so that all hashes of files fit. Prints how many of
each kind were noticed, and every one that was not.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.manuscript.bundle import canonical
from prisma_tool.manuscript.bundle.container import ArchiveReader, ArchiveWriter
from prisma_tool.manuscript.bundle.metadata import MANIFEST
from prisma_tool.manuscript.bundle.verify import verify

Files = dict[str, bytes]


def flip_bit(data: bytearray, chance: random.Random) -> str:
    place = chance.randrange(len(data))
    data[place] ^= 1 << chance.randrange(8)
    return f"bit of byte {place}"


def set_byte(data: bytearray, chance: random.Random) -> str:
    place = chance.randrange(len(data))
    data[place] = (data[place] + chance.randrange(1, 256)) % 256
    return f"byte {place}"


def cut_out(data: bytearray, chance: random.Random) -> str:
    place, size = chance.randrange(len(data)), chance.randrange(1, 2000)
    del data[place : place + size]
    return f"{size} bytes cut out at {place}"


def put_in(data: bytearray, chance: random.Random) -> str:
    place, size = chance.randrange(len(data) + 1), chance.randrange(1, 50)
    data[place:place] = chance.randbytes(size)
    return f"{size} bytes put in at {place}"


def double(data: bytearray, chance: random.Random) -> str:
    place, size = chance.randrange(len(data)), chance.randrange(1, 2000)
    data[place:place] = data[place : place + size]
    return f"{size} bytes doubled at {place}"


def exchange(data: bytearray, chance: random.Random) -> str:
    a, b = sorted(chance.sample(range(len(data) - 64), 2))
    first, second = bytes(data[a : a + 32]), bytes(data[b : b + 32])
    data[a : a + 32], data[b : b + 32] = second, first
    return f"bytes exchanged at {a} and {b}" if first != second and b - a >= 32 else flip_bit(data, chance)


BLUNT = (flip_bit, set_byte, cut_out, put_in, double, exchange)


def unpack(path: Path) -> Files:
    with path.open("rb") as stream:
        reader = ArchiveReader(stream)
        return {name: b"".join(reader.pieces(name)) for name in reader.entries}


def pack(files: Files) -> bytes:
    """The archive of these files, with a manifest whose hashes fit."""
    stream = io.BytesIO()
    writer = ArchiveWriter(stream)
    for name, data in files.items():
        if name != MANIFEST:
            writer.add(name, [data])
    stated = json.loads(files[MANIFEST])
    facts = {entry.name: {"size": entry.size, "sha256": entry.sha256, "packed": entry.packed} for entry in writer.entries}
    writer.add(MANIFEST, [canonical.document({**stated, "files": facts})])
    writer.finish()
    return stream.getvalue()


def _other(value: Any, chance: random.Random) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + chance.choice((1, -1))
    if isinstance(value, str) and value:
        place = chance.randrange(len(value))
        letter = chance.choice("abcdefghijklmnopqrstuvwxyz0123456789".replace(value[place], ""))
        return value[:place] + letter + value[place + 1 :]
    others: dict[type, Any] = {str: "x", list: ["x"], dict: {"x": "x"}}
    return others.get(type(value), 1)


def _change_within(value: Any, chance: random.Random) -> tuple[Any, str]:
    """The value with one thing in it changed."""
    if isinstance(value, dict) and value:
        name = chance.choice(sorted(value))
        changed, where = _change_within(value[name], chance)
        return {**value, name: changed}, f"{name}.{where}".rstrip(".")
    if isinstance(value, list) and value:
        place = chance.randrange(len(value))
        changed, where = _change_within(value[place], chance)
        return [*value[:place], changed, *value[place + 1 :]], f"{place}.{where}".rstrip(".")
    return _other(value, chance), ""


def change_value(files: Files, chance: random.Random) -> str:
    name = chance.choice([name for name in files if name.endswith(".jsonl")])
    lines = files[name].splitlines(keepends=True)
    place = chance.randrange(len(lines))
    changed, where = _change_within(json.loads(lines[place]), chance)
    lines[place] = canonical.line_of(changed)
    files[name] = b"".join(lines)
    return f"{name}:{place + 1} {where}"


def change_vote(files: Files, chance: random.Random) -> str:
    lines = files["log.jsonl"].splitlines(keepends=True)
    votes = [place for place, line in enumerate(lines) if b'"kind":"decision"' in line]
    place = chance.choice(votes)
    event = json.loads(lines[place])
    payload = event["public"]["payload"]
    payload["verdict"] = "include" if payload["verdict"] == "exclude" else "exclude"
    lines[place] = canonical.line_of(event)
    files["log.jsonl"] = b"".join(lines)
    return f"vote in log.jsonl:{place + 1}"


def drop_line(files: Files, chance: random.Random) -> str:
    name = chance.choice([name for name in files if name.endswith((".jsonl", ".csv")) and files[name].count(b"\n") > 1])
    lines = files[name].splitlines(keepends=True)
    place = chance.randrange(len(lines))
    del lines[place]
    files[name] = b"".join(lines)
    return f"{name}:{place + 1} dropped"


def double_line(files: Files, chance: random.Random) -> str:
    name = chance.choice([name for name in files if name.endswith((".jsonl", ".csv"))])
    lines = files[name].splitlines(keepends=True)
    place = chance.randrange(len(lines))
    lines.insert(chance.randrange(len(lines) + 1), lines[place])
    files[name] = b"".join(lines)
    return f"{name}:{place + 1} doubled"


def move_line(files: Files, chance: random.Random) -> str:
    name = chance.choice([name for name in files if name.endswith((".jsonl", ".csv")) and len(set(files[name].splitlines())) > 1])
    lines = files[name].splitlines(keepends=True)
    a, b = chance.sample(range(len(lines)), 2)
    if lines[a] == lines[b]:
        return drop_line(files, chance)
    lines[a], lines[b] = lines[b], lines[a]
    files[name] = b"".join(lines)
    return f"{name}: lines {a + 1} and {b + 1} exchanged"


def change_digit(files: Files, chance: random.Random) -> str:
    name = chance.choice([name for name in files if name != MANIFEST and any(digit in files[name] for digit in b"123456789")])
    data = bytearray(files[name])
    place = chance.choice([place for place, letter in enumerate(data) if letter in b"0123456789"])
    data[place] = chance.choice([digit for digit in b"0123456789" if digit != data[place]])
    files[name] = bytes(data)
    return f"{name}: digit at {place}"


def change_text(files: Files, chance: random.Random) -> str:
    name = chance.choice([name for name in files if name != MANIFEST])
    data = bytearray(files[name])
    where = set_byte(data, chance)
    files[name] = bytes(data)
    return f"{name}: {where}"


def add_file(files: Files, chance: random.Random) -> str:
    name = chance.choice(["notes.txt", "raw/extra-0001-efetch.xml.gz", "data/more.jsonl", "strategies/99-more.txt"])
    files[name] = chance.randbytes(20)
    return f"{name} added"


def leave_out(files: Files, chance: random.Random) -> str:
    name = chance.choice([name for name in files if name != MANIFEST])
    del files[name]
    return f"{name} left out"


def exchange_files(files: Files, chance: random.Random) -> str:
    a, b = chance.sample([name for name in files if name != MANIFEST], 2)
    files[a], files[b] = files[b], files[a]
    return f"{a} and {b} exchanged"


def change_manifest(files: Files, chance: random.Random) -> str:
    stated = json.loads(files[MANIFEST])
    name = chance.choice(["head", "events", "tool_version", "format"])
    stated[name] = _other(stated[name], chance)
    files[MANIFEST] = canonical.document(stated)
    return f"{MANIFEST}: {name}"


CAREFUL: tuple[Callable[[Files, random.Random], str], ...] = (
    *(
        change_value,
        change_value,
        change_value,
        change_vote,
        drop_line,
        double_line,
        move_line,
        change_digit,
        change_text,
        add_file,
    ),
    *(leave_out, exchange_files, change_manifest),
)


def noticed(path: Path) -> bool:
    """Whether `verify` says that something is wrong."""
    try:
        return not verify(path, first_only=True).holds
    except PrismaError:
        return True


def changed(sound: Path, files: Files, chance: random.Random, number: int) -> tuple[str, str, bytes]:
    """A kind of change, in words what was changed, and the bytes; by turns blunt and careful."""
    if number % 2:
        blunt = chance.choice(BLUNT)
        data = bytearray(sound.read_bytes())
        words = blunt(data, chance)
        return f"blunt {blunt.__name__}", words, bytes(data)
    careful = chance.choice(CAREFUL)
    other = dict(files)
    words = careful(other, chance)
    return f"careful {careful.__name__}", words, pack(other)


def unnoticed(sound: Path, changes: int, seed: int, tally: Counter[str]) -> list[str]:
    """What was changed without being noticed; `tally` counts the changes by kind."""
    chance, files, missed = random.Random(seed), unpack(sound), []
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "changed.zip"
        for number in range(changes):
            kind, words, data = changed(sound, files, chance, number)
            assert data != sound.read_bytes(), words
            target.write_bytes(data)
            tally[kind] += 1
            if not noticed(target):
                missed.append(f"{kind}: {words}")
    return missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("deposit", type=Path)
    parser.add_argument("--changes", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    assert not noticed(arguments.deposit), "this deposit does not hold as it is"
    tally: Counter[str] = Counter()
    started = time.monotonic()
    missed = unnoticed(arguments.deposit, arguments.changes, arguments.seed, tally)
    for kind, count in sorted(tally.items()):
        sys.stdout.write(f"{count:6} {kind}\n")
    sys.stdout.writelines(f"NOT NOTICED {words}\n" for words in missed)
    sys.stdout.write(
        f"{arguments.changes - len(missed)} of {arguments.changes} changes noticed in {time.monotonic() - started:.0f} s "
        f"(seed {arguments.seed})\n"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
