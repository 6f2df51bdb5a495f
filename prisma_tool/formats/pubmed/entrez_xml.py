"""The small answers of E-utilities in XML (esearch, esummary, espell, einfo, elink, epost), read by Biopython with its bundled DTDs.

Biopython's parser would fetch a DTD that it has not got, keep it under the user's home, and let a document define entities. Invariant:
neither happens here: nothing is fetched or written, and a document with entities or a schema of its own is refused.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8
from io import BytesIO
from pathlib import Path
from typing import Any, NoReturn

import Bio
from Bio import Entrez

from prisma_tool.errors import FormatError
from prisma_tool.formats.text.tidy import line

# Biopython makes the folders of its cache when its parser is imported; named as its own, they are there already.
Entrez.local_cache = str(Path(Bio.__file__).parents[1])  # type: ignore[assignment]

from Bio.Entrez.Parser import DataHandler  # noqa: E402 - see above

_BUNDLED = frozenset(path.name for path in Path(Entrez.__file__).with_name("DTDs").iterdir() if path.name[0] == "e")
"""The DTDs of the small answers: theirs alone are named "e" and what they answer."""
_OF_ROOT = {
    b"eSearchResult": "esearch.dtd",
    b"eSummaryResult": "esummary-v1.dtd",
    b"eSpellResult": "eSpell.dtd",
    b"eInfoResult": "einfo.dtd",
    b"eLinkResult": "elink.dtd",
    b"ePostResult": "epost.dtd",
}
"""The DTD of an answer that names none."""
_ROOT = re.compile(rb"<(e\w+Result)\b")
_SHOWN = 80


def read_answer(body: bytes) -> Any:
    """The answer's root as Biopython gives it: a dictionary or a list with the root's name as `tag`; errors are items like others.

    Raises:
        FormatError: not XML of E-utilities, not what its DTD allows, or unsafe.
    """
    root = _ROOT.search(body)
    handler = _Handler(_OF_ROOT.get(root[1], "") if root else "")
    text = body.removeprefix(BOM_UTF8).lstrip()
    whole = text if text.startswith(b"<?xml") else b'<?xml version="1.0"?>' + text  # Biopython insists on it.
    try:
        return handler.read(BytesIO(whole))  # type: ignore[no-untyped-call]
    except FormatError:
        raise
    except Exception as error:  # noqa: BLE001 - Biopython refuses with errors of a dozen kinds, assertions among them
        raise FormatError(f"no XML as E-utilities answer it ({line(str(error))[:_SHOWN] or type(error).__name__})") from None


class _Handler(DataHandler):
    """Biopython's handler, kept to what is on this computer. The names of its methods are Biopython's."""

    def __init__(self, dtd: str) -> None:
        super().__init__(validate=True, escape=False, ignore_errors=True)  # type: ignore[no-untyped-call]
        self._dtd = dtd
        self.parser.UseForeignDTD(True)
        self.parser.EntityDeclHandler = self._entity

    def externalEntityRefHandler(self, context: str | None, base: str | None, systemId: str | None, publicId: str | None) -> int:  # noqa: N802, N803
        """Load a bundled DTD by its name, wherever the document says that it lies."""
        name = (systemId or self._dtd).rpartition("/")[2]
        if name not in _BUNDLED:
            raise FormatError(
                f"an answer whose document type is not known here (“{line(name)[:_SHOWN]}”); nothing is fetched for it"
            )
        address = f"https://www.ncbi.nlm.nih.gov/{name}"
        loaded: int = super().externalEntityRefHandler(context, base, address, publicId)  # type: ignore[no-untyped-call]
        return loaded

    def schemaHandler(self, name: str, attrs: dict[str, str]) -> NoReturn:  # noqa: N802, ARG002
        """Refuse a schema, which Biopython would fetch."""
        raise FormatError("an answer with a schema of its own, which is refused as unsafe")

    def _entity(self, name: str, *_: object) -> None:
        if not self.dtd_urls:  # A bundled DTD may name what it uses.
            raise FormatError(f"an answer that defines entities (“{line(name)[:_SHOWN]}”), which is refused as unsafe")
