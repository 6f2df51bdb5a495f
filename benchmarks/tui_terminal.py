"""The screening application in a real terminal: when it shows the first record, and what a key sends and costs.

    python benchmarks/tui_terminal.py --records 20000 100000
    python benchmarks/tui_terminal.py --review FOLDER --reviewer NAME --against CHECKOUT   # an earlier checkout beside this one

The real command runs in a pseudo-terminal, on a copy of the review, and is warm: it was started once before, and its modules are compiled as
those of an installed program are, whatever the surroundings say. "first record" is from the
start of the process until a record can be read, "counted" until it is said how many there are. A key is a verdict, and the next follows once nothing has been sent for
a while. CPU is that of the whole process, user and system; a key's includes what runs beside it until nothing more is sent.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import sys
import termios
import time
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tui import REVIEWER, build, percentile

HERE = Path(__file__).resolve().parents[1]
QUIET, PATIENCE = 0.5, 60.0
"""After so many seconds without output a key is over; for so long a first record is waited for."""
_ESCAPED = re.compile(rb"\x1b(\[[0-9;?>]*\$?[a-zA-Z]|\][^\x1b\x07]*(\x1b\\|\x07))")
_SHOWN = re.compile(rb"Record [0-9,]+ of|the queue is being read")
_COUNTED = re.compile(rb"of *[0-9,]+ *done")


@dataclass(slots=True)
class Terminal:
    """A program in a terminal of its own."""

    process: int
    file: int

    def read(self, seconds: float) -> bytes:
        """What comes within so many seconds; nothing where nothing does."""
        ready, _, _ = select.select([self.file], [], [], seconds)
        return os.read(self.file, 1 << 16) if ready else b""

    def until_quiet(self) -> bytes:
        """All that comes until nothing has come for a while."""
        sent = b""
        while piece := self.read(QUIET):
            sent += piece
        return sent

    def cpu(self) -> float:
        """Milliseconds of CPU that the process has used."""
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")

    def end(self) -> None:
        """Stop the program."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        os.close(self.file)


def started(checkout: Path, folder: Path, reviewer: str, size: tuple[int, int]) -> Terminal:
    """The application in a terminal of this size."""
    variables = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "PYTHONPATH": str(checkout)}
    command = [sys.executable, "-m", "prisma_tool", "-C", str(folder.resolve()), "screen", "--reviewer", reviewer]
    process, file = pty.fork()
    if process == 0:
        # `-m` looks in the present folder first.
        os.chdir(checkout)
        os.execve(sys.executable, command, variables)  # noqa: S606 - this very interpreter
    fcntl.ioctl(file, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
    return Terminal(process, file)


def first_record(terminal: Terminal) -> dict[str, float]:
    """Milliseconds until the first record is shown, and until it is counted, by the clock and of CPU."""
    begun, sent, figures = time.perf_counter(), b"", dict[str, float]()
    for name, words in (("first record", _SHOWN), ("counted", _COUNTED)):
        while not words.search(_ESCAPED.sub(b"", sent)):
            piece = terminal.read(PATIENCE)
            if not piece:
                sys.exit(f"No record was shown within {PATIENCE:.0f} s. What came instead:\n{sent.decode(errors='replace')}")
            sent += piece
        figures |= {f"{name} (ms)": (time.perf_counter() - begun) * 1000, f"{name}, CPU (ms)": terminal.cpu()}
    return figures


def measured(checkout: Path, folder: Path, reviewer: str, size: tuple[int, int], keys: int) -> dict[str, float]:
    """All figures of one start."""
    terminal = started(checkout, folder, reviewer, size)
    try:
        figures = first_record(terminal)
        terminal.until_quiet()
        time.sleep(1)
        sizes, costs = [], []
        for number in range(keys):
            before = terminal.cpu()
            os.write(terminal.file, b"e" if number % 5 else b"i")
            sizes.append(float(len(terminal.until_quiet())))
            costs.append(terminal.cpu() - before)
    finally:
        terminal.end()
    return figures | {
        "bytes a key, p50": percentile(sizes, 0.5),
        "bytes a key, p95": percentile(sizes, 0.95),
        "CPU a key, mean (ms)": sum(costs) / len(costs),
        "load": os.getloadavg()[0],
    }


def table(columns: dict[str, dict[str, float]]) -> None:
    """One line a figure."""
    print(f"{'':<24}" + "".join(f"{name:>22}" for name in columns))
    for figure in next(iter(columns.values())):
        print(f"{figure:<24}" + "".join(f"{column[figure]:>22,.1f}" for column in columns.values()))


def compare(folder: Path, chosen: argparse.Namespace, columns: dict[str, dict[str, float]], name: str) -> None:
    """Measure one review with each checkout, in turn, and keep the best of several starts: the rest is the machine's."""
    checkouts = {"now": HERE, **({"before": chosen.against.resolve()} if chosen.against else {})}
    width, height = map(int, chosen.size.split("x"))
    for label, checkout in checkouts.items():
        starts = []
        for number in range(chosen.starts + 1):
            with TemporaryDirectory() as work:
                copy = Path(work) / "review"
                shutil.copytree(folder, copy)
                last = number == chosen.starts
                starts.append(measured(checkout, copy, chosen.reviewer, (width, height), chosen.keys if last else 1))
        best = min(starts[1:], key=lambda one: one["first record (ms)"])
        columns[f"{name} {label}"] = starts[-1] | {key: best[key] for key in best if key.startswith(("first", "counted"))}


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, nargs="*", default=[20_000, 100_000])
    parser.add_argument("--review", type=Path, nargs="*", default=[])
    parser.add_argument("--reviewer", default=REVIEWER)
    parser.add_argument("--against", type=Path, help="an earlier checkout")
    parser.add_argument("--size", default="80x24")
    parser.add_argument("--keys", type=int, default=40)
    parser.add_argument("--starts", type=int, default=3)
    chosen = parser.parse_args()
    columns: dict[str, dict[str, float]] = {}
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with TemporaryDirectory() as work:
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(work) / "compiled")
        folders = {folder.name: folder for folder in chosen.review}
        for records in [] if folders else chosen.records:
            folder = folders[f"{records:,}"] = Path(work) / str(records)
            build(folder, records)
        for name, folder in folders.items():
            compare(folder, chosen, columns, name)
    table(columns)


if __name__ == "__main__":
    main()
