"""Whether a citation that came from elsewhere holds what the types of `Citation` say: JSON promises nothing of it.

Pure. Invariant: what passes can be compared, folded and shown like every citation that a parser of this program made.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import fields

from prisma_tool.model.record.citation import Citation

_Test = Callable[[Any], bool]


def is_well_typed(citation: Citation) -> bool:
    """Whether every field, and every part of it, is of its type."""
    return type(citation) is Citation and not ill_typed_field(citation)


def ill_typed_field(citation: Citation) -> str:
    """The name of the first field that is not of its type; empty where all are."""
    return next((name for name, test in _tests(Citation) if not test(getattr(citation, name))), "")


@cache
def _test_of(annotation: Any) -> _Test:
    if get_origin(annotation) is tuple:
        return _tuple_test(get_args(annotation))
    if isinstance(annotation, UnionType):
        choices = [_test_of(choice) for choice in get_args(annotation)]
        return lambda value: any(test(value) for test in choices)
    if isinstance(annotation, type) and issubclass(annotation, Struct):
        return _struct_test(annotation)
    # A bool is an int by inheritance alone.
    return lambda value: type(value) is annotation if annotation is not NoneType else value is None


def _tuple_test(arguments: tuple[Any, ...]) -> _Test:
    if arguments[-1] is Ellipsis:
        test_item = _test_of(arguments[0])
        return lambda value: type(value) is tuple and all(map(test_item, value))
    tests = [_test_of(argument) for argument in arguments]
    return lambda value: (
        type(value) is tuple and len(value) == len(tests) and all(test(item) for test, item in zip(tests, value, strict=True))
    )


@cache
def _tests(kind: Any) -> tuple[tuple[str, _Test], ...]:
    hints = get_type_hints(kind)
    return tuple((field.name, _test_of(hints[field.name])) for field in fields(kind))


def _struct_test(kind: Any) -> _Test:
    tests = _tests(kind)
    return lambda value: type(value) is kind and all(test(getattr(value, name)) for name, test in tests)
