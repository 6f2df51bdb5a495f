"""Editing the stopping rule in review.toml, with everything else left as it stands.

Pure: text in, text out. Invariant: the text that comes back states the wanted rule, or an error is raised.
"""

from __future__ import annotations

import tomlkit
from tomlkit.exceptions import TOMLKitError

from prisma_tool.errors import ReviewError
from prisma_tool.model.stopping import Rule
from prisma_tool.review.protocol_file import FILE_NAME, parse_protocol


def with_rule(text: str, rule: Rule) -> str:
    """The text with this stopping rule.

    Raises:
        ReviewError: the file is laid out in a way that cannot be edited here.
    """
    try:
        document = tomlkit.parse(text)
        screening = document.setdefault("screening", tomlkit.table())
        stopping = screening.setdefault("stopping", tomlkit.table())
        for name, value in rule.as_payload().items():
            if stopping.get(name) != value:
                stopping[name] = value
        result = tomlkit.dumps(document)
        stated = parse_protocol(result).screening.stopping
    except (TOMLKitError, TypeError, AttributeError) as error:
        raise _unusual() from error
    if stated != rule:
        raise _unusual()
    return result


def _unusual() -> ReviewError:
    return ReviewError(
        f"{FILE_NAME} is laid out in a way that cannot be edited here; write the rule into [screening.stopping] yourself."
    )
