"""Names of files that are made of text from outside: of given files, of keys. Pure.

Invariant: every system that the tool runs on can hold a `safe_name`, also when the folder travels from one to another; the text itself is
kept where the file is named, in the run, record or event.
"""

from __future__ import annotations

import re

from prisma_tool.model.text import one_line

LONGEST = 180
"""In bytes of UTF-8; folder entries end at 255, and further suffixes follow."""
_LONGEST_SUFFIX = 10
_UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
_DEVICE = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|clock\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)
"""What Windows takes for a device, whatever suffix follows (Microsoft, "Naming Files, Paths, and Namespaces")."""


def safe_name(name: str) -> str:
    """`name` as a file may be called on every system, its suffix kept.

    >>> safe_name("what?: CON.ris"), safe_name("con.ris"), safe_name(" ..")
    ('what_ CON.ris', '_con.ris', 'file')
    """
    plain = _UNSAFE.sub("_", one_line(name)).strip(". ")
    stem, dot, suffix = plain.rpartition(".")
    if not stem or len(suffix) > _LONGEST_SUFFIX:
        stem, dot, suffix = plain, "", ""
    short = stem.encode()[:LONGEST].decode(errors="ignore").rstrip(". ") or "file"
    return f"{'_' * bool(_DEVICE.match(short))}{short}{dot}{suffix}"
