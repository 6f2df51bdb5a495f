"""The text of a new review.toml: one that works as it stands, with comments that say what else may stand in it.

Invariant: what is written here is a protocol that `read.parse_protocol` takes, whatever title, names and strategies it is given.
"""

from __future__ import annotations

import re

from prisma_tool.model.protocol.protocol import DEFAULT_REASONS
from prisma_tool.model.record.keys import CLINICALTRIALS, PUBMED, slug
from prisma_tool.review.protocol.toml_text import toml_string


def with_id(text: str, review_id: str) -> str:
    """The text of a review.toml that names no review yet, naming this one: before its first key, after the comments that open it."""
    lines = text.splitlines(keepends=True)
    place = next((number for number, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    return "".join([*lines[:place], f'id = "{review_id}"\n', *lines[place:]])


def new_protocol_text(
    *,
    title: str,
    pubmed: str,
    ctgov: str,
    reviewers: tuple[str, ...],
    review_id: str = "",
    sources: tuple[str, ...] = (),
    reviewers_per_record: int = 1,
) -> str:
    """The text of a first review.toml that works as it stands; an empty strategy (`pubmed`, `ctgov`) gives no search.

    `sources` are searched elsewhere; each is declared as a search of that name.
    """
    searches = [
        _search_text("pubmed", PUBMED, "term", pubmed),
        _search_text("ctgov", CLINICALTRIALS, '"query.term"', ctgov),
        *(f"[[search]]\nname = {toml_string(slug(source))}\nsource = {toml_string(source)}\n" for source in sources),
    ]
    reasons = "\n\n".join(
        f"[[reason]]\nid = {toml_string(slug(label))}\nlabel = {toml_string(label)}" for label in DEFAULT_REASONS
    )
    values = {
        "@id@": f'id = "{review_id}"   # which review this is; all its copies share this line\n' if review_id else "",
        "@title@": toml_string(title),
        "@reviewers@": f"[{', '.join(toml_string(name) for name in reviewers)}]",
        "@reasons@": reasons,
        "@people@": str(reviewers_per_record),
        "@searches@": "\n".join(part for part in searches if part) or _NO_SEARCH,
    }
    return "".join(values.get(part, part) for part in re.split(r"(@[a-z]+@)", _FIRST))


def _search_text(name: str, source: str, key: str, strategy: str) -> str:
    head = f"[[search]]\nname = {toml_string(name)}\nsource = {toml_string(source)}\n"
    return f"{head}{key} = {toml_string(strategy)}\n" if strategy else ""


_NO_SEARCH = """# [[search]]
# name = "pubmed"
# source = "PubMed"
# term = "your strategy, as you would type it into PubMed"
#
# A long strategy may be numbered lines. The last line is the search; lines that begin with // are for people.
# term = '''
# 1. "heart attack"[tiab] OR infarct*[tiab]
# // the intervention
# 2. aspirin[tiab]
# 3. #1 AND #2
# '''
# Other sources that are searched: "ClinicalTrials.gov" ("query.term" = ...) and "Europe PMC", which holds preprints too:
# query = '(TITLE:"heart attack" OR ABSTRACT:infarct*) AND aspirin AND SRC:PPR'   # synonyms = true widens it by the service's own
# Reruns search everything again and compare. update = "since-last" asks PubMed only for what was added since (overlap_days = 30).
"""

_FIRST = """# The protocol of this review, written by people. Every change is noted in the review's log with its time.
@id@title = @title@
question = ""
reviewers = @reviewers@

# For the manuscript, its checklists and the deposit; a text may also say that there is none, and why.
# registration = "PROSPERO CRD42026000000"
# protocol_url = "https://osf.io/abcde"
# funding = "Name of the funder, grant number, and what part it had in the review"
# interests = "The authors declare none."
# data_availability = "Data and code: https://doi.org/10.5281/zenodo.0000000"
# licence = "CC-BY-4.0"
# [[authors]]                     # tables stand below all single keys; one for each author, in the order of the manuscript
# name = "Given Family"
# orcid = "0000-0002-1825-0097"
# affiliation = "Institution, city, country"
# corresponding = true

[criteria]
include = []
exclude = []

# Exclusion reasons in order: the first that applies is the reason. Rename a label freely; keep its id, votes refer to it.
@reasons@

# Ordered criteria: x while screening asks them one by one, the first "no" is the reason. Without a list: population, intervention,
# comparator, outcome, study design, as far as their reasons stand above.
# [[criterion]]
# key = "p"
# question = "Adults with relapsed or refractory AML?"
# reason = "Wrong population"

# Words to highlight while screening: whole words, stems with *, "phrases of several words".
[highlight]
include = []
exclude = []

# Two people independently: reviewers_per_record = 2. In a pair nobody sees the other's votes and notes before giving their own (blind).
# split = "shared" is one queue, "halves" even shares, "assignment" what `prisma-tool assign` says. pilot = 50: everyone screens the
# same 50 first. adjudication: "consensus", "third" (not the two who voted) or "adjudicators" (adjudicators = ["Name"], above).
# A stage may differ, in a table of its own: [screening.full-text]
[screening]
reviewers_per_record = @people@
maybe = "include"              # or "conflict"
blind = true
screen_other_methods = false
title_abstract_reasons = "optional"   # or "off"; at full text an exclusion always needs its reason
embeddings = false             # true: the order of relevance reads the meaning of texts too, with the extra 'embeddings' (docs/ranking.md)

# When screening by relevance may stop; set this before screening. "hypergeometric" takes for granted that the order is never worse than
# random; "any-order" takes nothing for granted and draws the last part at random. Others are advisory (`prisma-tool rank --help`).
[screening.stopping]
rule = "hypergeometric"
target = 0.95                  # recall that must be reached
confidence = 0.95
random_share = 0.02            # part of the queue that is drawn by chance, so that recall can be estimated

# A register entry whose study has other reports in the review: "link" it as one more report, or "exclude" as Already captured.
[register]
captured = "link"

[flow]
seen_hits = "removed"          # or "omit": hits that an earlier version has screened
# caption = "Figure 1. ..."     # also alt: the figure in words for those who cannot see it; author: for the files' properties
# language = "es"               # the figure's own wording: en, es, fr, de, pt, it, zh
# show = ["titles"]             # boxes that PRISMA 2020 has not: titles (and abstracts as two steps), other-screening

# Notes below the figure and other labels, by box or line: sources (*), excluded (**), or a key of `prisma-tool flow --json`.
# {databases}, {last_searched}, {register_results} and all other keys are filled from the counts.
# [flow.notes]
# sources = "Databases: {databases}; last searched {last_searched}"
# [flow.labels]
# dbr_excluded = "Full texts excluded"

@searches@
# A search that is done elsewhere is declared, and its files are imported: prisma-tool import FILE --search embase
# [[search]]
# name = "embase"
# source = "Embase"
# platform = "Ovid"
# strategy_file = "strategies/embase.txt"   # or strategy = a text, or a list of lines
# searched_on = 2026-01-31
# hits = 512                                # as the platform announced them; the import is held against it
# limits = "English only: no means for translation"
# [[search.rerun]]                          # once for each time that the same search was done again
# searched_on = 2026-09-30
# hits = 40

# A shared PostgreSQL database, without the password (that belongs into PRISMA_TOOL_DATABASE or ~/.pgpass):
# [database]
# url = "postgresql://user@host/name"
"""
