"""Well-known registers and databases, to notice one that stands in the list of the other kind.

Registers: the primary registries of the WHO network and its portal; databases: those that reviews of health care name most. What is both
by its name, such as the Cochrane Central Register of Controlled Trials or RePEc, is in neither list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from prisma_tool.flow.flow import Check, CheckKind, Flow

_REGISTERS = (
    "clinicaltrials.gov", "clinical trials.gov", "ictrp", "isrctn", "eu clinical trials register", "eudract", "eu-ctr", "euctr", "ctis",
    "anzctr", "chictr", "drks", "ctri", "jrct", "umin-ctr", "pactr", "rebec", "irct", "slctr", "tctr", "lbctr", "rpcec",
)  # fmt: skip
_DATABASES = (
    "pubmed", "medline", "embase", "scopus", "web of science", "cinahl", "psycinfo", "lilacs", "amed", "cnki", "wanfang", "econlit",
    "ieee xplore", "sociological abstracts", "biosis", "sportdiscus", "openalex", "science citation index", "global index medicus",
)  # fmt: skip


def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, names))})(?!\w)", re.IGNORECASE)


_HOLDS_REGISTERS = re.compile(r"\b(?:cochrane|central)\b", re.IGNORECASE)
"""A database that holds entries of registers, which its label may name."""
_IS_REGISTER, _IS_DATABASE = _pattern(_REGISTERS), _pattern(_DATABASES)
NAME = "sources stand in the list of their kind"


def misplaced_sources(flow: Flow) -> Iterator[Check]:
    """A warning where a well-known register is named among the databases, or a database among the registers."""
    texts = [*_misplaced(flow)]
    if texts:
        yield Check(NAME, CheckKind.WARNING, holds=False, detail="; ".join(texts))


def _misplaced(flow: Flow) -> Iterator[str]:
    for lines, own, wrong, words in (
        (flow.database_specific_results, _IS_DATABASE, _IS_REGISTER, "is a register and stands among the databases"),
        (flow.register_specific_results, _IS_REGISTER, _IS_DATABASE, "is a database and stands among the registers"),
    ):
        for label, line in lines.items():
            if wrong.search(label) and not own.search(label) and not _HOLDS_REGISTERS.search(label):
                yield f'"{label}" (n = {line.n}) {words}'
