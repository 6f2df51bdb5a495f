"""Writes records in each format, lets other programs' readers read the files, and compares field by field what they made of them.

    python benchmarks/peer_fidelity.py --peer-python /tmp/peers/bin/python FILE...       the records of these exports, else invented ones
    python benchmarks/peer_fidelity.py --peer-python /tmp/peers/bin/python --node-modules /tmp/peers-js/node_modules FILE...

The peers live in environments of their own: `python -m venv /tmp/peers && /tmp/peers/bin/pip install rispy nbib bibtexparser pybtex openpyxl`
and `npm install --prefix /tmp/peers-js citation-js`. `n/m`: of m records that have the field, the peer gave it for n as it was written
(authors: all family names, up to a comma; blanks and kinds of dashes do not count). Peers that are not there are skipped, which the table says.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from generated_files import exported

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.formats.registry import read
from prisma_tool.formats.writers import WRITERS
from prisma_tool.model.record.citation import Citation

READER = Path(__file__).parent / "format_peers.py"
CITATION_JS = Path(__file__).parent / "citation_js_peer.js"
PEERS = {
    ".ris": ("rispy", "citation-js"),
    ".nbib": ("nbib",),
    ".bib": ("bibtexparser", "pybtex", "citation-js"),
    ".xlsx": ("openpyxl",),
    ".json": ("citation-js",),
}
FIELDS = ("title", "authors", "year", "journal", "volume", "issue", "pages", "doi", "abstract")
LARGEST, EACH, INVENTED = 60_000, 4, 200
_DASHES = re.compile(r"[‐‑‒–—−-]+")


def records(paths: Sequence[Path]) -> Iterator[Citation]:
    """A few records with a title of each file, or invented ones."""
    if not paths:
        yield from (entry.citation for entry in read("".join(exported("ris", INVENTED)).encode()).entries)
    for path in paths:
        try:
            entries = read(path.read_bytes()).entries if path.stat().st_size <= LARGEST else ()
        except FormatError:
            continue
        yield from (entry.citation for entry in entries[:EACH] if entry.citation.title)


def expected(citation: Citation) -> dict[str, Any]:
    """The fields of a record as a peer should give them."""
    own = {name: str(getattr(citation, name) or "") for name in FIELDS if name not in {"authors", "abstract"}}
    return own | {"authors": [author.family for author in citation.authors], "abstract": citation.abstract_text}


def plain(value: Any) -> Any:
    """A value without what does not count."""
    if isinstance(value, list):
        return [plain(str(one).partition(",")[0]) for one in value]
    return _DASHES.sub("-", " ".join(str(value or "").split()))


def compared(given: Sequence[dict[str, Any]], came: Sequence[dict[str, Any]]) -> list[str]:
    """For each field, how many of the records that have it were given with it as it was."""
    if len(came) != len(given):
        return [f"{len(came)} entries"]
    cells = []
    for name in FIELDS:
        pairs = [(plain(one[name]), plain(other.get(name))) for one, other in zip(given, came, strict=True) if one[name]]
        cells.append(f"{sum(one == other for one, other in pairs)}/{len(pairs)}")
    return cells


def read_by(peer: str, path: Path, python: str, modules: str) -> list[dict[str, Any]] | str:
    """What a peer makes of a file, or why it makes nothing."""
    if peer == "citation-js":
        node = shutil.which("node")
        if not (node and modules):
            return "skipped: no node, or no --node-modules given"
        command, own = [node, str(CITATION_JS), str(path)], {"NODE_PATH": modules}
    else:
        if not python:
            return "skipped: no --peer-python given"
        command, own = [python, str(READER), "fields", peer, str(path)], {}
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"} | own
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603 - our own script
    if done.returncode:
        return f"failed: {(done.stderr.strip().splitlines() or ['no output'])[-1][:90]}"
    came: list[dict[str, Any]] = json.loads(done.stdout)
    return came


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--peer-python", default="")
    parser.add_argument("--node-modules", default="")
    chosen = parser.parse_args()
    citations = list(records(chosen.files))
    given = [expected(citation) for citation in citations]
    rows = [ExportRow(f"x:{n}", "X", f"N{n}", str(n), True, one, "", "") for n, one in enumerate(citations)]
    print(f"{len(citations)} records\n\n| format | reader | {' | '.join(FIELDS)} |\n|---|---|{'---|' * len(FIELDS)}")
    with tempfile.TemporaryDirectory() as folder:
        for suffix, peers in PEERS.items():
            path = Path(folder) / f"records{suffix}"
            path.write_bytes(b"".join(WRITERS[suffix](rows)))
            for peer in peers:
                came = read_by(peer, path, chosen.peer_python, chosen.node_modules)
                cells = [came] if isinstance(came, str) else compared(given, came)
                print(f"| {suffix} | {peer} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
