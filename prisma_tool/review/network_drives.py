"""Where a SQLite file lies: on a disk of this machine, or on a network drive, where its locks cannot be trusted.

Invariant: recognising reads the system's table of mounts and touches nothing on the drive; what cannot be recognised is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

MOUNTS = Path("/proc/mounts")
NETWORK_KINDS = frozenset(
    {
        "nfs",
        "nfs4",
        "cifs",
        "smb",
        "smb2",
        "smb3",
        "smbfs",
        "afs",
        "ncpfs",
        "9p",
        "ceph",
        "glusterfs",
        "lustre",
        "beegfs",
        "davfs",
    }
)
NETWORK_FUSE = ("fuse.sshfs", "fuse.rclone", "fuse.davfs", "fuse.glusterfs", "fuse.s3fs", "fuse.gvfsd", "fuse.curlftpfs")
_OCTAL = re.compile(r"\\([0-7]{3})")


def network_kind(path: Path, mounts: Iterable[str]) -> str:
    """The kind of network drive that a path lies on, such as `nfs4`; empty for a local disk or where nothing is known.

    `mounts` are lines like those of /proc/mounts. On Windows a path to a share of another machine is a network drive by itself.
    """
    if str(path).startswith("\\\\"):
        return "smb"
    mounted = [
        (mount_point, kind) for line in mounts if (mount_point := _mount_point(line)) is not None and (kind := line.split()[2])
    ]
    over = [(mount_point, kind) for mount_point, kind in mounted if path.is_relative_to(mount_point)]
    # Of mounts at the same place the later covers the earlier.
    kind = max(enumerate(over), key=lambda item: (len(item[1][0].parts), item[0]), default=(0, (Path(), "")))[1][1]
    return kind if kind in NETWORK_KINDS or kind.startswith(NETWORK_FUSE) else ""


_FIELDS = 3


def _mount_point(line: str) -> Path | None:
    """Where a line's mount lies; spaces and other signs stand there as octal numbers."""
    parts = line.split()
    return Path(_OCTAL.sub(lambda match: chr(int(match.group(1), 8)), parts[1])) if len(parts) >= _FIELDS else None


def mounts() -> list[str]:
    """The mounts of this machine; nothing where the system has no such table."""
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []


def warning(path: Path, table: Iterable[str]) -> str:
    """What to say about a SQLite file at this path; empty where all is well."""
    kind = network_kind(path.resolve(), table)
    if not kind:
        return ""
    return (
        f"{path} lies on a network drive ({kind}), where SQLite's locks cannot be trusted: two people who write at once may damage it. "
        "Work on copies and unite them with `prisma-tool merge`, or share a PostgreSQL database (`prisma-tool move URL`)."
    )
