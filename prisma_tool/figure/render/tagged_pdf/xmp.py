"""What a PDF says about itself in XMP (ISO 16684-1): title, description, language, author and date.

Invariant: the same layout gives the same packet; what is not known is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from prisma_tool.figure.layout.shapes import Layout
from prisma_tool.figure.render.xml_text import text

_SPACES = 'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"'


def xmp_packet(layout: Layout, language: str) -> bytes:
    """The packet, in UTF-8."""
    return "\n".join(
        (
            '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>',
            '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">',
            f'<rdf:Description rdf:about="" {_SPACES}>',
            *_properties(layout, language),
            "</rdf:Description></rdf:RDF></x:xmpmeta>",
            '<?xpacket end="r"?>',
            "",
        )
    ).encode()


def _properties(layout: Layout, language: str) -> Iterator[str]:
    yield "<dc:format>application/pdf</dc:format>"
    yield f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{text(layout.title)}</rdf:li></rdf:Alt></dc:title>'
    yield f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{text(layout.alt_text)}</rdf:li></rdf:Alt></dc:description>'
    yield f"<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>"
    if layout.author:
        yield f"<dc:creator><rdf:Seq><rdf:li>{text(layout.author)}</rdf:li></rdf:Seq></dc:creator>"
    yield "<xmp:CreatorTool>prisma-tool</xmp:CreatorTool>"
    if layout.dated is not None:
        moment = f"{layout.dated.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        yield f"<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>"
