"""Damages valid files of every format and reads them: nothing but a PrismaError may come out, and every account must balance.

One case in four is a whole file whose values are marked as their record's own, tags in any order (`marked_files.py`): no mark may turn up
in another record, none may be lost.

    python benchmarks/fuzz_formats.py --minutes 10 --seed 1

Damage: cut, dropped, duplicated and shuffled lines, dropped ends of entries, other newlines and encodings, binary junk, several at
once. Each case is reproducible: its seed is printed with the finding, and `--case SEED` runs it alone and writes its bytes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from generated_files import WRITERS as MADE
from generated_files import exported
from marked_files import FORMATS as MARKED
from marked_files import marked, misplaced

from prisma_tool.errors import PrismaError
from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.registry import FORMATS, open_entries, read
from prisma_tool.formats.writers import WRITERS

ENTRIES = 5
MARKED_EVERY = 4
SLOW = 5.0
"""CPU seconds after which a small file counts as a finding."""
Damage = Callable[[random.Random, bytes], bytes]


def valid_files() -> dict[str, bytes]:
    """A small valid file in each format: the exporters' ways of writing, and our own writers'."""
    files = {name: "".join(exported(name, ENTRIES)).encode() for name in MADE}
    citations = [entry.citation for entry in read(files["ris"]).entries]
    rows = [ExportRow(f"x:{n}", "X", str(n), "1", True, one, "include", "pending") for n, one in enumerate(citations)]
    more = {f"marked {name}": marked(name, random.Random(ENTRIES)).text.encode() for name in MARKED}
    return files | {suffix: b"".join(write(rows)) for suffix, write in WRITERS.items()} | OTHERS | more


OTHERS = {
    "ictrp-xml": b"<Trials_downloaded_from_ICTRP><Trial><TrialID>NCT01234567</TrialID><Public_title>A &amp; b</Public_title>\n"
    b"</Trial>\n<Trial><TrialID>ISRCTN12345678</TrialID></Trial></Trials_downloaded_from_ICTRP>",
    "ctgov-xml": b"<clinical_study><id_info><nct_id>NCT01234567</nct_id></id_info>\n<brief_title>A</brief_title></clinical_study>",
    "ctgov-csv": b'NCT Number,Study Title,Conditions,Study Status\nNCT01234567,"A, b",C|D,COMPLETED\nNCT01234568,B,,\n',
    "pubmed-xml": b"<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>A<sub>1</sub>"
    b"</ArticleTitle>\n</Article></MedlineCitation></PubmedArticle>\n<PubmedArticle><MedlineCitation><PMID>2</PMID>\n"
    b"</MedlineCitation></PubmedArticle></PubmedArticleSet>",
    "ctgov-json": b'{"studies":[{"protocolSection":{"identificationModule":{"nctId":"NCT01234567","briefTitle":"A"}}},\n'
    b'{"protocolSection":{"identificationModule":{"nctId":"NCT01234568"}}}]}',
}


def _cut(draw: random.Random, data: bytes) -> bytes:
    begin, end = sorted(draw.randrange(len(data) + 1) for _ in range(2))
    return data[begin:end] if draw.random() < 0.5 else data[:begin] + data[end:]


def _lines(draw: random.Random, data: bytes) -> bytes:
    rows = data.split(b"\n")
    kind = draw.randrange(4)
    if kind == 0:
        rows = [row for row in rows if draw.random() > 0.1]
    elif kind == 1:
        rows = [row for row in rows for _ in range(1 + (draw.random() < 0.1))]
    elif kind == 2:
        draw.shuffle(rows)
    else:
        place = draw.randrange(len(rows))
        rows[place:place] = draw.sample(rows, min(len(rows), 5))
    return b"\n".join(rows)


def _ends(draw: random.Random, data: bytes) -> bytes:
    """Marks that begin or end entries dropped or doubled."""
    mark = draw.choice(
        (b"ER", b"TY", b"PT", b"PMID", b"%0", b"<", b">", b"@", b"{", b"}", b'"', b"\n\n", b"\n", b"  - ", b"[", b",", b"&")
    )
    places = [place for place in range(len(data)) if data.startswith(mark, place)]
    if not places:
        return data
    place = draw.choice(places)
    return data[:place] + (mark + mark if draw.random() < 0.5 else b"") + data[place + len(mark) :]


def _newlines(draw: random.Random, data: bytes) -> bytes:
    endings = (b"\r\n", b"\r", b"\n\r", b"\r\r\n", b"\xe2\x80\xa8", b"\x85", b"\x0b", b"\n\n")
    if draw.random() < 0.5:
        return data.replace(b"\n", draw.choice(endings))
    return b"".join(row + draw.choice((*endings, b"\n", b"\n")) for row in data.split(b"\n"))


def _encoded(draw: random.Random, data: bytes) -> bytes:
    text = data.decode("utf-8", "replace")
    name = draw.choice(
        ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "utf-8-sig", "latin-1", "utf-7", "gb18030", "shift-jis")
    )
    return text.encode(name, "replace")


def _junk(draw: random.Random, data: bytes) -> bytes:
    place = draw.randrange(len(data) + 1)
    odd = (
        b"\x00",
        b"\x1b]0;",
        b"\x1b[2J",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"<!ENTITY a 'b'>",
        b"&#0;",
        b"&#x1b;",
        b"\\u0000",
        b"\xed\xa0\x80",
        b"%00",
    )
    junk = draw.choice(odd) if draw.random() < 0.5 else draw.randbytes(draw.randint(1, 12))
    return data[:place] + junk * draw.choice((1, 1, 1, 50)) + data[place + draw.choice((0, 0, 3)) :]


DAMAGES: tuple[Damage, ...] = (_cut, _lines, _ends, _newlines, _encoded, _junk)


def case(seed: int, files: dict[str, bytes]) -> tuple[str, str | None, bytes]:
    """The case of a seed: the file's name, the format it is read as (None: by its content), and its bytes."""
    draw = random.Random(seed)
    name = draw.choice(sorted(files))
    data = files[name]
    if draw.random() < 0.1:
        data += files[draw.choice(sorted(files))]
    for _ in range(draw.choice((1, 1, 2, 3))):
        data = draw.choice(DAMAGES)(draw, data)
    return name, draw.choice(FORMATS) if draw.random() < 0.2 else None, data


def finding(data: bytes, name: str | None) -> tuple[str, str]:
    """What came of reading a case, and the trouble, if any."""
    started = time.process_time()
    try:
        parsed = read(data, format=name)
        account = open_entries(data, format=name)
        streamed = sum(1 for _ in account.entries)
    except PrismaError as error:
        trouble = "an empty message" if not error.message.strip() else ""
        return "refused", "does not balance" if "were accounted for" in error.message else trouble
    except Exception:  # noqa: BLE001 - any other exception is what is looked for
        return "crashed", traceback.format_exc()
    if time.process_time() - started > SLOW:
        return "slow", f"{time.process_time() - started:.1f} s"
    if (streamed, account.declared) != (len(parsed.entries), parsed.declared):
        return "read", f"whole {len(parsed.entries)} of {parsed.declared}, streamed {streamed} of {account.declared}"
    return "read", ""


def marked_case(seed: int) -> tuple[str, str, str]:
    """The case of a seed with marked records: its format, what came of reading it, and the trouble, if any."""
    draw = random.Random(seed)
    name = draw.choice(sorted(MARKED))
    file = marked(name, draw)
    try:
        parsed = read(file.text.encode())
    except Exception:  # noqa: BLE001 - a whole file must be read
        return name, "crashed", traceback.format_exc()
    trouble = "; ".join(misplaced(file, parsed.entries)) if parsed.format == name else f"read as {parsed.format}"
    return name, "read", trouble


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--case", type=int)
    chosen = parser.parse_args()
    files = valid_files()
    if chosen.case is not None:
        name, forced, data = case(chosen.case, files)
        Path("fuzz-case.bin").write_bytes(data)
        print("as marked records:", *marked_case(chosen.case))
        print(f"{name} as {forced or 'found'}, {len(data)} bytes in fuzz-case.bin:", *finding(data, forced))
        return
    sys.exit(1 if _run(chosen.minutes * 60, chosen.seed, files) else 0)


def _run(seconds: float, seed: int, files: dict[str, bytes]) -> int:
    outcomes: Counter[tuple[str, str]] = Counter()
    findings, number, started = 0, 0, time.monotonic()
    while time.monotonic() - started < seconds:
        number += 1
        own = seed * 1_000_000_000 + number
        forced = None
        if number % MARKED_EVERY:
            name, forced, data = case(own, files)
            outcome, trouble = finding(data, forced)
        else:
            name, outcome, trouble = marked_case(own)
            name = f"own {name}"
        outcomes[name, outcome] += 1
        if trouble:
            findings += 1
            print(f"FINDING {outcome}: {name} as {forced or 'found'}, --case {own}\n{trouble}", flush=True)
    for name in sorted({name for name, _ in outcomes}):
        print(
            f"{name:24} read {outcomes[name, 'read']:7} refused {outcomes[name, 'refused']:7} crashed {outcomes[name, 'crashed']:4}"
        )
    print(f"{number} cases in {seconds / 60:g} minutes, seed {seed}: {findings} findings")
    return findings


if __name__ == "__main__":
    main()
