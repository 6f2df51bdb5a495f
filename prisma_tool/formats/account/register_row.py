"""Rows of a register's export (ClinicalTrials.gov's CSV, the WHO's ICTRP) as citations of trials, laid out as `ctgov_study` does.

Invariant: the trial's own number is the accession and the first registry number; a column that nothing takes is kept in `extra`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from prisma_tool.formats.platforms.registers import Register, register_named
from prisma_tool.formats.text.cell_values import date_text, number, plain
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.html_text import unmarked
from prisma_tool.formats.text.missing_values import PLACEHOLDERS
from prisma_tool.formats.text.tidy import line, lines, paragraphs, without_escapes
from prisma_tool.model.record.citation import REGISTER_TYPE, Author, Citation, Section, Trial
from prisma_tool.model.record.identifiers import normal_registry_number, registry_numbers

_NCT = re.compile(r"NCT\d{8}", re.IGNORECASE)
_TAG = re.compile(r"<(?:br|/?p|/?div|/?li|/?ul)\s*/?>", re.IGNORECASE)
_TRUE = frozenset({"yes", "has results", "true", "1"})
_NOT_LETTERS = re.compile(r"[^A-Za-z]+")
_LONGEST_NUMBER = 9


_NUMBERS = ("others", "nct", "eudract", "isrctn")
"""The facts that hold numbers of other registers."""


class RegisterReader:
    """Reads the rows of a register's export under one header."""

    def __init__(self, register: Register, header: list[str], names: list[str]) -> None:
        self.register = register
        self.places = register.place(names)
        self._header = [line(name) for name in header]
        used = set(self.places.values()) - {self.places.get("register", -1)}
        self._used = sorted(used)
        self._spare = [place for place in range(len(header)) if place not in used and self._header[place]]

    def number(self, values: list[str]) -> str:
        """The trial's own number, in its register's spelling."""
        text = line(values[self.places["number"]])
        return normal_registry_number(text) if text else ""

    def citation(self, values: list[str]) -> Citation:
        """The citation in the cells of one row."""
        facts = {fact: plain(values[place]).strip() for fact, place in self.places.items()}
        own = self.number(values)
        extra = tuple((self._header[place], line(values[place])) for place in self._spare if line(values[place]))
        missing = tuple((self._header[place], word) for place in self._used if (word := values[place].strip()) in PLACEHOLDERS)
        return register_citation(own, facts, self.register.parted, (*extra, *missing))


def register_citation(own: str, facts: Mapping[str, str], parted: str, extra: tuple[tuple[str, str], ...]) -> Citation:
    """The citation of the trial `own` whose facts are named as in `Register.facts`; `parted` is the mark between values of a list."""
    trial = _trial(facts, parted)
    abstract = _abstract(facts, trial)
    registered = tuple(dict.fromkeys(filter(None, (own, *registry_numbers("\n".join(facts.get(fact, "") for fact in _NUMBERS))))))
    mentioned = registry_numbers("\n".join(part.text for part in abstract))
    others = line("; ".join(filter(None, (facts.get(fact, "") for fact in _NUMBERS))))
    address = line(facts.get("url", "")) or (f"https://clinicaltrials.gov/study/{own}" if _NCT.fullmatch(own) else "")
    return Citation(
        title=_text(facts.get("title", "")) or trial.official_title or trial.acronym,
        authors=(Author(trial.sponsor, collective=True),) if trial.sponsor else (),
        year=year_in(trial.first_posted),
        published=trial.first_posted,
        abstract=abstract,
        publication_types=(REGISTER_TYPE.capitalize(),),
        registry_numbers=registered,
        mentioned_numbers=tuple(one for one in mentioned if one not in registered),
        urls=lines([word for word in address.split() if word.lower().startswith(("http://", "https://"))]),
        status=trial.status,
        trial=trial,
        extra=(("Secondary id", others), *extra) if others else extra,
    )


def _text(value: str) -> str:
    return line(unmarked(_TAG.sub(" ", value)))


def _trial(facts: Mapping[str, str], parted: str) -> Trial:
    def fact(name: str) -> str:
        return _text(facts.get(name, ""))

    return Trial(
        official_title=fact("official"),
        acronym=fact("acronym"),
        status=_constant(fact("status")) if parted == register_named("clinicaltrials_gov").parted else fact("status"),
        study_type=fact("type"),
        phases=_values(facts.get("phases", ""), parted),
        enrolment=_count(fact("enrolment")),
        conditions=_values(facts.get("conditions", ""), parted),
        interventions=_values(facts.get("interventions", ""), parted),
        countries=_values(facts.get("countries", ""), ";") or _countries(facts.get("locations", "")),
        sponsor=fact("sponsor"),
        started=date_text(fact("started")),
        completed=date_text(fact("completed")),
        first_posted=date_text(fact("posted")),
        updated=date_text(fact("updated")),
        results_posted=date_text(fact("results_posted")),
        has_results=fact("results").lower() in _TRUE or bool(fact("results_posted")),
    )


def _constant(status: str) -> str:
    """A status as ClinicalTrials.gov's programs name it; its older exports print "Active, not recruiting"."""
    return _NOT_LETTERS.sub("_", status).strip("_").upper()


def _values(cell: str, parted: str) -> tuple[str, ...]:
    """The values of a list; ICTRP parts some lists with breaks and doubled semicolons."""
    return lines(_TAG.sub(parted, cell).replace("\n", parted).split(parted))


def _count(text: str) -> int | None:
    """The number of participants; ICTRP gives some as "arm one:30;arm two:30;", which no single number tells."""
    digits = number(text)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= _LONGEST_NUMBER else None


def _countries(locations: str) -> tuple[str, ...]:
    return lines([place.rpartition(",")[2] for place in locations.split("|")])


def _abstract(facts: Mapping[str, str], trial: Trial) -> tuple[Section, ...]:
    parts = (
        ("Summary", _prose(without_escapes(facts.get("summary", "")))),
        ("Conditions", "; ".join(trial.conditions)),
        ("Interventions", "; ".join(trial.interventions)),
        ("Primary outcomes", _outcomes(facts.get("primary", ""))),
        ("Secondary outcomes", _outcomes(facts.get("secondary", ""))),
        (
            "Design",
            "; ".join(filter(None, (_text(facts.get("type", "")), _text(facts.get("design", "")), ", ".join(trial.phases)))),
        ),
        ("Enrolment", _text(facts.get("enrolment", ""))),
        ("Eligibility", _eligibility(facts)),
        ("Status", "; ".join(filter(None, (trial.status, "results posted" if trial.has_results else "")))),
    )
    return tuple(Section(label, words) for label, words in parts if words)


def _prose(text: str) -> str:
    return paragraphs(unmarked(_TAG.sub("\n", text)))


def _outcomes(text: str) -> str:
    return "; ".join(lines(unmarked(_TAG.sub(";", text)).replace("|", "\n").split("\n")))


def _eligibility(facts: Mapping[str, str]) -> str:
    ages = " to ".join(filter(None, (_text(facts.get("youngest", "")), _text(facts.get("oldest", "")))))
    first = "; ".join(filter(None, (_text(facts.get("age", "")) or ages, _text(facts.get("sex", "")))))
    criteria = ((name, _prose(facts.get(name, ""))) for name in ("inclusion", "exclusion"))
    named = (f"{name.capitalize()}: {text}" for name, text in criteria if text)
    return "\n".join(filter(None, (first, _prose(facts.get("criteria", "")), *named)))
