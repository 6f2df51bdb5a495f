"""ClinicalTrials.gov's classic XML, one `<clinical_study>` a trial (withdrawn in 2024, still in many folders), to an account.

Invariant: one entry or reject for each `<clinical_study>`; the NCT number is the accession.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from msgspec.structs import replace

from prisma_tool.formats.account.account import FileAccount, Parsed
from prisma_tool.formats.account.register_row import register_citation
from prisma_tool.formats.account.xml_records import RecordXml
from prisma_tool.formats.platforms.registers import register_named
from prisma_tool.formats.registers.ctgov_classic import WARNING
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look
from prisma_tool.formats.text.inline_markup import readable
from prisma_tool.formats.text.tidy import lines
from prisma_tool.model.record.citation import Citation, Link
from prisma_tool.model.record.identifiers import normal_pmid, normal_registry_number

FORMAT = "ctgov-xml"
CTGOV = register_named("clinicaltrials_gov")
_ADVICE = "Download the studies again as JSON."
_FACTS = {
    "title": "brief_title",
    "official": "official_title",
    "acronym": "acronym",
    "status": "overall_status",
    "type": "study_type",
    "phases": "phase",
    "enrolment": "enrollment",
    "sponsor": "sponsors/lead_sponsor/agency",
    "started": "start_date",
    "completed": "completion_date",
    "posted": "study_first_posted",
    "updated": "last_update_posted",
    "results_posted": "results_first_posted",
    "sex": "eligibility/gender",
    "youngest": "eligibility/minimum_age",
    "oldest": "eligibility/maximum_age",
    "url": "required_header/url",
}
_TEXTS = {"summary": "brief_summary/textblock", "criteria": "eligibility/criteria/textblock"}
_LISTS = {"conditions": "condition", "others": "id_info/secondary_id"}


def recognises(look: Look) -> bool:
    """True for XML with a classic study."""
    return look.opening == "<" and "<clinical_study" in look.text


def parse_ctgov_xml(data: ByteSource) -> Parsed:
    """The account of classic XML with all entries in memory.

    Raises:
        FormatError: not text, no study, or entities of its own.
    """
    return open_ctgov_xml(data).whole()


def open_ctgov_xml(data: ByteSource) -> FileAccount:
    """The account of classic XML, to be read entry by entry.

    Raises:
        FormatError: not text, no study, or entities of its own.
    """
    account = _STUDIES.open(data)
    account.platform = CTGOV.platform
    account.warnings.append(WARNING)
    return account


def _study(element: Element) -> tuple[Citation, str]:
    own = readable(element.find("id_info/nct_id")).upper()
    facts = {fact: readable(element.find(path)) for fact, path in _FACTS.items()}
    facts |= {fact: "".join(child.itertext()) for fact, path in _TEXTS.items() if (child := element.find(path)) is not None}
    facts |= {fact: CTGOV.parted.join(map(readable, element.findall(path))) for fact, path in _LISTS.items()}
    facts["interventions"] = _pairs(element, "intervention", ("intervention_type", "intervention_name"), ": ")
    facts["primary"] = _pairs(element, "primary_outcome", ("measure", "time_frame"), ", ")
    facts["secondary"] = _pairs(element, "secondary_outcome", ("measure", "time_frame"), ", ")
    facts["design"] = "; ".join(map(readable, element.findall("study_design_info/*")))
    facts["countries"] = ";".join(map(readable, element.findall("location_countries/country")))
    citation = register_citation(normal_registry_number(own) if own else "", facts, CTGOV.parted, ())
    mesh = [readable(one) for path in ("condition_browse", "intervention_browse") for one in element.findall(f"{path}/mesh_term")]
    return replace(
        citation, mesh=lines(mesh), keywords=lines(list(map(readable, element.findall("keyword")))), links=_links(element)
    ), own


def _pairs(element: Element, path: str, names: tuple[str, ...], mark: str) -> str:
    pairs = (mark.join(filter(None, (readable(one.find(name)) for name in names))) for one in element.findall(path))
    return CTGOV.parted.join(pairs)


def _links(element: Element) -> tuple[Link, ...]:
    kinds = (("RESULT", "results_reference"), ("", "reference"))
    return tuple(
        Link(kind, normal_pmid(readable(one.find("PMID"))), readable(one.find("citation")))
        for kind, path in kinds
        for one in element.findall(path)
    )


_STUDIES = RecordXml(FORMAT, "clinical_study", _study, "study", _ADVICE)
