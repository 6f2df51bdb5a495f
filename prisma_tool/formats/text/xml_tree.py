"""XML from outside as a tree or as one element after the other, safely and at the speed of C.

Owns the guard: a document that declares an entity or asks for another document is refused before anything of it is used, and no DTD
is loaded. The guard is the one of defusedxml, whose own parser builds the tree in Python, which takes ten times as long.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from defusedxml.common import EntitiesForbidden, ExternalReferenceForbidden


def read_tree(data: bytes) -> Element:
    """The root of the document. Names in a namespace read `address}name`.

    Raises:
        expat.ExpatError: not well-formed; `lineno` says where.
        DefusedXmlException: it defines entities or refers to another document.
        LookupError, ValueError: it names an encoding that cannot be read.
    """
    builder = TreeBuilder()
    _parser(builder).Parse(data, True)
    root: Element = builder.close()
    return root


def read_elements(parts: Iterable[bytes], names: Collection[str]) -> Iterator[Element]:
    """The root of a document as soon as it begins, then each element of these names as it ends; what is done with is forgotten.

    An element must be used before the next is asked for.

    Raises:
        expat.ExpatError, DefusedXmlException, LookupError, ValueError: as `read_tree`, when that place is reached.
    """
    builder, ready = TreeBuilder(), list[Element]()
    parser = _parser(builder)

    def begin(name: str, attributes: dict[str, str]) -> None:
        parser.StartElementHandler = builder.start
        ready.append(builder.start(name, attributes))

    def end(name: str) -> None:
        element = builder.end(name)
        if name in names:
            ready.append(element)

    parser.StartElementHandler, parser.EndElementHandler = begin, end
    root: Element | None = None
    for part, final in chain(((part, False) for part in parts), ((b"", True),)):
        parser.Parse(part, final)
        root = ready[0] if root is None and ready else root
        yield from ready
        if root is not None and ready:
            root.clear()
        ready.clear()


def _parser(builder: TreeBuilder) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    parser.EntityDeclHandler, parser.UnparsedEntityDeclHandler = _entity, _unparsed_entity
    parser.ExternalEntityRefHandler = _external
    return parser


def _entity(name: str, _parameter: bool, value: str | None, *others: str | None) -> NoReturn:
    raise EntitiesForbidden(name, value, *others)


def _unparsed_entity(name: str, *others: str | None) -> NoReturn:
    raise EntitiesForbidden(name, None, *others)


def _external(context: str, *others: str | None) -> NoReturn:
    raise ExternalReferenceForbidden(context, *others)
