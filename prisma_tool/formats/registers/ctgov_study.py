"""One ClinicalTrials.gov study as a citation, laid out for screening: brief title, summary, then the PICO in lines.

Invariant: the study's own NCT number is its first registry number. Module and field names: API v2 data structure.
"""

from __future__ import annotations

import re
from typing import Any

from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.dates import year_in
from prisma_tool.formats.text.tidy import line, without_escapes
from prisma_tool.model.record.citation import Author, Citation, Link, Section, Trial
from prisma_tool.model.record.identifiers import normal_pmid, normal_registry_number, registry_numbers

PUBLICATION_TYPE = "Trial registry record"
_NCT = re.compile(r"NCT\d{8}")
_PHASE = re.compile(r"phase(?=\d)")
_REGISTER_TYPES = frozenset({"EUDRACT_NUMBER", "CTIS", "REGISTRY"})
_CRITERIA_LENGTH = 1500


def nct_number(study: Any) -> str:
    """The study's own number, or an empty string where there is none of the right form."""
    number = tree.text(study, "protocolSection", "identificationModule", "nctId").upper()
    return number if _NCT.fullmatch(number) else ""


def study_citation(study: Any, nct: str) -> Citation:
    """The citation of a study whose number is `nct`; what a `fields` projection left out is empty."""
    protocol = tree.find(study, "protocolSection")
    identification = tree.find(protocol, "identificationModule")
    trial = _trial(study, protocol)
    abstract = _abstract(protocol, trial)
    registered = _registered(identification, nct)
    mentioned = registry_numbers("\n".join(part.text for part in abstract))
    return Citation(
        title=tree.text(identification, "briefTitle") or trial.official_title or trial.acronym,
        authors=(Author(trial.sponsor, collective=True),) if trial.sponsor else (),
        year=year_in(trial.first_posted),
        published=trial.first_posted,
        abstract=abstract,
        publication_types=(PUBLICATION_TYPE,),
        mesh=_mesh(study),
        keywords=tree.texts(protocol, "conditionsModule", "keywords"),
        registry_numbers=registered,
        mentioned_numbers=tuple(number for number in mentioned if number not in registered),
        links=tuple(map(_link, tree.nodes(protocol, "referencesModule", "references"))),
        urls=(f"https://clinicaltrials.gov/study/{nct}",),
        status=trial.status,
        trial=trial,
        extra=_extra(identification, protocol),
    )


def _trial(study: Any, protocol: Any) -> Trial:
    status, design = tree.find(protocol, "statusModule"), tree.find(protocol, "designModule")
    identification = tree.find(protocol, "identificationModule")
    locations = tree.nodes(protocol, "contactsLocationsModule", "locations")
    return Trial(
        official_title=tree.text(identification, "officialTitle"),
        acronym=tree.text(identification, "acronym"),
        status=tree.text(status, "overallStatus"),
        study_type=tree.text(design, "studyType"),
        phases=tree.texts(design, "phases"),
        enrolment=tree.number(design, "enrollmentInfo", "count"),
        conditions=tree.texts(protocol, "conditionsModule", "conditions"),
        interventions=_interventions(protocol),
        countries=tuple(dict.fromkeys(filter(None, (tree.text(place, "country") for place in locations)))),
        sponsor=tree.text(protocol, "sponsorCollaboratorsModule", "leadSponsor", "name"),
        started=tree.text(status, "startDateStruct", "date"),
        completed=tree.text(status, "completionDateStruct", "date"),
        first_posted=tree.text(status, "studyFirstPostDateStruct", "date"),
        updated=tree.text(status, "lastUpdatePostDateStruct", "date"),
        results_posted=tree.text(status, "resultsFirstPostDateStruct", "date"),
        has_results=tree.unboxed(tree.find(study, "hasResults")) is True,
        why_stopped=tree.text(status, "whyStopped"),
    )


def _interventions(protocol: Any) -> tuple[str, ...]:
    nodes = tree.nodes(protocol, "armsInterventionsModule", "interventions")
    return tuple(dict.fromkeys(filter(None, (_typed(one, "name") for one in nodes))))


def _typed(node: Any, name: str) -> str:
    """An intervention or arm with its type in words: "Drug: Oxytocin"."""
    return ": ".join(filter(None, (_words(tree.text(node, "type")), tree.text(node, name))))


def _words(constant: str) -> str:
    return _PHASE.sub("phase ", constant.replace("_", " ").lower()).capitalize()


def _abstract(protocol: Any, trial: Trial) -> tuple[Section, ...]:
    arms = (_typed(arm, "label") for arm in tree.nodes(protocol, "armsInterventionsModule", "armGroups"))
    parts = (
        ("Summary", without_escapes(tree.long_text(protocol, "descriptionModule", "briefSummary"))),
        ("Conditions", "; ".join(trial.conditions)),
        ("Interventions", "; ".join(trial.interventions)),
        ("Arms", "; ".join(filter(None, arms))),
        ("Primary outcomes", _outcomes(protocol, "primaryOutcomes")),
        ("Secondary outcomes", _outcomes(protocol, "secondaryOutcomes")),
        ("Design", _design(protocol, trial)),
        ("Enrolment", _enrolment(protocol, trial)),
        ("Eligibility", _eligibility(protocol)),
        ("Status", _status(trial)),
    )
    return tuple(Section(label, words) for label, words in parts if words)


def _outcomes(protocol: Any, kind: str) -> str:
    nodes = tree.nodes(protocol, "outcomesModule", kind)
    measures = ((tree.text(one, "measure"), tree.text(one, "timeFrame")) for one in nodes)
    return "; ".join(f"{measure} [{frame}]" if frame else measure for measure, frame in measures if measure)


def _design(protocol: Any, trial: Trial) -> str:
    info = tree.find(protocol, "designModule", "designInfo")
    details = (tree.text(info, "allocation"), tree.text(info, "interventionModel"), tree.text(info, "observationalModel"))
    masking = tree.text(info, "maskingInfo", "masking")
    facts = [trial.study_type, *trial.phases, *details, f"masking {masking}" if masking else ""]
    return ", ".join(_words(fact) for fact in facts if fact and fact != "NA")


def _enrolment(protocol: Any, trial: Trial) -> str:
    kind = tree.text(protocol, "designModule", "enrollmentInfo", "type").lower()
    return "" if trial.enrolment is None else f"{trial.enrolment} ({kind})" if kind else str(trial.enrolment)


def _eligibility(protocol: Any) -> str:
    module = tree.find(protocol, "eligibilityModule")
    sex = _words(tree.text(module, "sex"))
    facts = (_ages(tree.text(module, "minimumAge"), tree.text(module, "maximumAge")), "All sexes" if sex == "All" else sex)
    criteria = without_escapes(tree.long_text(module, "eligibilityCriteria"))
    shortened = criteria if len(criteria) <= _CRITERIA_LENGTH else criteria[:_CRITERIA_LENGTH].rsplit(" ", 1)[0] + " …"
    return "\n".join(filter(None, ("; ".join(filter(None, facts)), shortened)))


def _ages(lowest: str, highest: str) -> str:
    if lowest and highest:
        return f"{lowest} to {highest}"
    return f"{lowest} and older" if lowest else f"Up to {highest}" if highest else ""


def _status(trial: Trial) -> str:
    results = "results posted" if trial.has_results else ""
    return "; ".join(filter(None, (_words(trial.status), trial.why_stopped, results)))


def _registered(identification: Any, nct: str) -> tuple[str, ...]:
    aliases = tree.texts(identification, "nctIdAliases")
    own = registry_numbers(tree.text(identification, "orgStudyIdInfo", "id"))
    secondary = (number for one in tree.nodes(identification, "secondaryIdInfos") for number in _secondary(one))
    return tuple(dict.fromkeys((nct, *map(normal_registry_number, aliases), *own, *secondary)))


def _secondary(info: Any) -> tuple[str, ...]:
    """A secondary id counts as a registration when its type says so or its form is a register's; grant numbers do not."""
    number = tree.text(info, "id")
    known = registry_numbers(number)
    return known or ((normal_registry_number(number),) if number and tree.text(info, "type") in _REGISTER_TYPES else ())


def _link(reference: Any) -> Link:
    pmid = tree.text(reference, "pmid")
    return Link(tree.text(reference, "type"), normal_pmid(pmid), tree.text(reference, "citation"))


def _mesh(study: Any) -> tuple[str, ...]:
    modules = ("conditionBrowseModule", "interventionBrowseModule")
    meshes = (one for name in modules for one in tree.nodes(study, "derivedSection", name, "meshes"))
    return tuple(dict.fromkeys(filter(None, (tree.text(one, "term") for one in meshes))))


def _extra(identification: Any, protocol: Any) -> tuple[tuple[str, str], ...]:
    status, sponsors = tree.find(protocol, "statusModule"), tree.find(protocol, "sponsorCollaboratorsModule")
    ids = (("Organisation's id", tree.text(identification, "orgStudyIdInfo", "id")),)
    others = (("Secondary id", tree.text(one, "id")) for one in tree.nodes(identification, "secondaryIdInfos"))
    further = (
        ("Collaborators", "; ".join(filter(None, (tree.text(one, "name") for one in tree.nodes(sponsors, "collaborators"))))),
        ("First submitted", tree.text(status, "studyFirstSubmitDate")),
        ("Primary completion", tree.text(status, "primaryCompletionDateStruct", "date")),
        ("Status verified", tree.text(status, "statusVerifiedDate")),
    )
    return tuple((tag, line(value)) for tag, value in (*ids, *others, *further) if value)
