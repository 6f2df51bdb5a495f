"""Whether every link within the built site leads to a page and a place of it.

    python docs/check_site.py

The links of the pages as they are written are tested apart; this sees what the builder made of them, and which files it left out.
"""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).parent.parent / "site"
_LINK = re.compile(r"""\b(?:href|src)=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")
_PLACE = re.compile(r"""\bid=(?:"([^"]*)"|'([^']*)'|([^\s>"']+))""")


def broken_links(site: Path) -> Iterator[str]:
    """Each link that leads nowhere, with the page that it stands on."""
    site = site.resolve()
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    places = {path: set(_values(_PLACE, text)) for path, text in texts.items()}
    for page, text in sorted(texts.items()):
        for link in _values(_LINK, text):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = _target(site, page, unquote(parts.path))
            there = target.is_relative_to(site) and target.is_file()
            if not there or (parts.fragment and unquote(parts.fragment) not in places.get(target, {unquote(parts.fragment)})):
                yield f"{page.relative_to(site)}: {link}"


def _values(pattern: re.Pattern[str], text: str) -> Iterator[str]:
    return (html.unescape("".join(groups)) for groups in pattern.findall(text))


def _target(site: Path, page: Path, path: str) -> Path:
    """The file that a path leads to from a page; a folder stands for its index."""
    target = (site / path.lstrip("/") if path.startswith("/") else page.parent / path).resolve() if path else page
    return target / "index.html" if target.is_dir() else target


if __name__ == "__main__":
    sys.exit("\n".join(broken_links(SITE)) or None)
