"""Writing an answer of the authors into review.toml: comments and everything else stay.

Pure. Invariant: a text is given back only if it reads back as what was meant.
"""

from __future__ import annotations

from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from prisma_tool.errors import ReviewError
from prisma_tool.model.protocol.answers import item_key
from prisma_tool.review.protocol.read import FILE_NAME, parse_protocol

_HEADING = "What the authors answered to items of reporting checklists that no record can answer."


def with_answer(text: str, item: str, answer: str) -> str:
    """The text of review.toml with this answer, in the place of the one that stood there; an empty answer takes it out.

    Args:
        text: review.toml as it stands.
        item: The item's key (`answers.item_key`).
        answer: What is answered; spaces at its ends are no part of it.

    Raises:
        ReviewError: it is laid out in a way that cannot be edited here.
    """
    meant = dict(parse_protocol(text).answers)
    meant.pop(item, None)
    meant |= {item: answer.strip()} if answer.strip() else {}
    try:
        document = tomlkit.parse(text)
        table: Any = document.get("answers")
        if table is None:
            if item not in meant:
                return text
            table = _new_table(document)
        written = next((key for key in table if item_key(key) == item), None)
        if item in meant:
            table[written if written is not None else item] = _value(meant[item])
        elif written is not None:
            table.remove(written)
        result = tomlkit.dumps(document)
        stated = dict(parse_protocol(result).answers)
    except (TOMLKitError, TypeError, AttributeError, KeyError, ValueError) as error:
        raise _uneditable() from error
    if stated != meant:
        raise _uneditable()
    return result


def _new_table(document: tomlkit.TOMLDocument) -> Any:
    table = tomlkit.table()
    table.add(tomlkit.comment(_HEADING))
    document.add(tomlkit.nl())
    document.add("answers", table)
    return table


def _value(answer: str) -> Any:
    plain = "\n" in answer and '"""' not in answer and not answer.endswith('"') and "\\" not in answer
    return tomlkit.string(answer, multiline=True) if plain else tomlkit.string(answer)


def _uneditable() -> ReviewError:
    return ReviewError(f"{FILE_NAME} is laid out in a way that cannot be edited here; write the answer into [answers] yourself.")
