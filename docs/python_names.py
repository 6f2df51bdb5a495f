"""The page about every name that Python programs and plug-ins may rely on, from signatures and docstrings.

Invariant: each name in `__all__` of `prisma_tool.api` and `prisma_tool.api.plugins` has one section.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import EnumType
from types import ModuleType
from typing import Any, Protocol

from prisma_tool import api
from prisma_tool.api import plugins

_WIDTH = 100
_GIVEN = (api.OpenedReview, api.FlowNumbers, plugins.Transport)
"""Classes whose objects one is given and does not make."""
_NOT_PROMISED = frozenset({"gives_up_at"})
_BLOCK = re.compile(r"^(Args|Returns|Raises):\n((?: +.*\n?|\n)+)", re.MULTILINE)
_EXAMPLE = re.compile(r"^Examples?:\n((?: +.*\n?|\n)+)", re.MULTILINE)
_NAMED = re.compile(r"^([\w*]+(?:, \w+)*): ")


def python_page() -> str:
    """Every promised name: how it is called, what it means, what it raises."""
    both = "\n\n".join(
        [
            _module(api, "For programs: `from prisma_tool import api`", api.__all__),
            _module(plugins, "For plug-ins, from `prisma_tool.api.plugins`", sorted(set(plugins.__all__) - set(api.__all__))),
        ]
    )
    shared = ", ".join(f"`{name}`" for name in sorted(set(plugins.__all__) & set(api.__all__)))
    return f"""# Names for Python, one by one

This page is written by the program itself (`docs/make_reference.py`). `help(api.read_citations)` in Python shows the same. What is promised of
these names: [Python](../api.md); how a plug-in is made of them: [Plug-ins](../plugins.md). {shared} are in both modules.

{both}
"""


def _module(module: ModuleType, title: str, names: list[str]) -> str:
    return "\n\n".join([f"## {title}", *(_section(name, getattr(module, name)) for name in names)])


def _section(name: str, thing: Any) -> str:
    parts = [f"### {name}", _how_to_call(name, thing), _as_markdown(inspect.cleandoc(thing.__doc__ or ""))]
    if inspect.isclass(thing):
        parts.extend(_members(thing))
    return "\n\n".join(part for part in parts if part)


def _how_to_call(name: str, thing: Any) -> str:
    if isinstance(thing, EnumType):
        return "One of " + ", ".join(f"`{name}.{member}`" for member in thing.__members__) + "."
    if thing in _GIVEN or (inspect.isclass(thing) and Protocol in thing.__bases__):
        return ""
    if inspect.isclass(thing) and issubclass(thing, BaseException) and "__init__" not in vars(thing):
        return f"```python\n{name}(message: str)\n```"
    return f"```python\n{_signature(name, thing)}\n```"


def _signature(name: str, thing: Any) -> str:
    """As one writes it, a parameter a line where it is long."""
    signature = inspect.signature(thing)
    parameters = [parameter for parameter in signature.parameters.values() if parameter.name != "self"]
    # The signature of a struct names classes by their modules.
    written = inspect.get_annotations(thing)
    shown = [_parameter(parameter, written.get(parameter.name, parameter.annotation)) for parameter in parameters]
    named = [place for place, parameter in enumerate(parameters) if parameter.kind is parameter.KEYWORD_ONLY]
    if named and not any(text.startswith("*") for text in shown):
        shown.insert(named[0], "*")
    given = signature.return_annotation
    end = "" if given in {signature.empty, None, "None"} else f" -> {given}"
    line = f"{name}({', '.join(shown)}){end}"
    return line if len(line) <= _WIDTH else f"{name}(\n" + "".join(f"    {each},\n" for each in shown) + f"){end}"


def _parameter(parameter: inspect.Parameter, kind: Any) -> str:
    """Its name, type and usual value; `...` is one that cannot be written in a word."""
    stars = "*" if parameter.kind is parameter.VAR_POSITIONAL else ""
    usual = repr(parameter.default)
    default = "" if parameter.default is parameter.empty else f" = {'...' if usual.startswith('<') else usual}"
    return f"{stars}{parameter.name}: {kind}{default}"


def _members(thing: type) -> Iterator[str]:
    """Properties, methods and, of a protocol, the attributes that one gives it."""
    if Protocol in thing.__bases__:
        yield "\n".join(f"- `{name}: {kind}`" for name, kind in inspect.get_annotations(thing).items())
    for name, member in vars(thing).items():
        if name.startswith("_") or name in _NOT_PROMISED or not member.__doc__:
            continue
        if isinstance(member, property):
            yield f"`.{name}`: {inspect.cleandoc(member.__doc__)}"
        elif inspect.isfunction(member):
            yield f"```python\n.{_signature(name, member)}\n```\n\n{_as_markdown(inspect.cleandoc(member.__doc__))}"


def _as_markdown(text: str) -> str:
    """A docstring, with its blocks as lists and its examples as code."""
    text = _BLOCK.sub(lambda block: f"{block[1]}:\n\n{_listed(inspect.cleandoc(block[2]))}\n\n", text)
    return _EXAMPLE.sub(lambda example: f"```pycon\n{inspect.cleandoc(example[1])}\n```\n", text).strip()


def _listed(text: str) -> str:
    """The entries of a block, each with its further lines; a block without names is a paragraph."""
    items = [" ".join(item.split()) for item in re.split(r"\n(?=[\w*]+(?:, \w+)*: )", text)]
    if not all(re.match(_NAMED, item) for item in items):
        return " ".join(items)
    return "\n".join("- " + re.sub(_NAMED, r"`\1`: ", item) for item in items)
