"""A database on a network drive is recognised from the table of mounts, where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from prisma_tool.review.network_drives import network_kind, warning

MOUNTS = [
    "/dev/sda1 / ext4 rw,relatime 0 0",
    "server:/export /home nfs4 rw 0 0",
    "//server/share /mnt/team\\040share cifs rw 0 0",
    "/dev/sdb1 /home/ada/disk ext4 rw 0 0",
    "ada@host:/ /home/ada/remote fuse.sshfs rw 0 0",
    "gvfsd-fuse /run/user/1000/gvfs fuse.gvfsd-fuse rw 0 0",
    "overlay /work overlay rw 0 0",
    "broken",
    "server:/new /srv nfs rw 0 0",
    "/dev/sdc1 /srv ext4 rw 0 0",
]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/review.db", ""),
        ("/home/ben/review.db", "nfs4"),
        ("/home/ada/disk/review.db", ""),
        ("/home/ada/remote/review.db", "fuse.sshfs"),
        ("/mnt/team share/review.db", "cifs"),
        ("/run/user/1000/gvfs/smb/review.db", "fuse.gvfsd-fuse"),
        ("/work/review.db", ""),
        ("/srv/review.db", ""),
        ("/homework/review.db", ""),
    ],
)
def test_the_innermost_and_latest_mount_decides(path: str, kind: str) -> None:
    assert network_kind(Path(path), MOUNTS) == kind


def test_without_a_table_of_mounts_nothing_is_guessed() -> None:
    assert network_kind(Path("/home/review.db"), []) == ""
    assert warning(Path("/home/review.db"), []) == ""


def test_the_warning_names_the_ways_out() -> None:
    said = warning(Path("/home/ben/review.db"), MOUNTS)
    assert "network drive (nfs4)" in said
    assert "prisma-tool merge" in said
    assert "PostgreSQL" in said
