"""How a deposit describes itself to repositories and people: RO-Crate 1.2, Zenodo's and GitHub's forms, and a README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prisma_tool.manuscript.bundle import canonical
from prisma_tool.manuscript.bundle.deposited_review import DepositedReview
from prisma_tool.manuscript.bundle.description import LICENCES, DepositDescription, described
from prisma_tool.model.protocol.publication import AuthorEntry
from prisma_tool.model.text import counted
from prisma_tool.model.utc import utc_text
from prisma_tool.store.runs import runs

CRATE, ZENODO, CITATION, README, MANIFEST = (
    "ro-crate-metadata.json",
    ".zenodo.json",
    "CITATION.cff",
    "README.md",
    "manifest.json",
)
_TOOL = "#prisma-tool"
_NOBODY = "The authors of the review"
_FORMS = {
    ".json": "application/json",
    ".jsonl": "application/jsonl",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".toml": "application/toml",
    ".svg": "image/svg+xml",
    ".gz": "application/gzip",
    ".cff": "application/yaml",
}
_NAMES: Mapping[str, str] = {
    README: "What this deposit holds and how to check it",
    "log.jsonl": "The log: every event, with its hash and what vouches for it",
    "protocol/review.toml": "The protocol as it stands",
    "data/sources.jsonl": "The sources",
    "data/searches.jsonl": "The searches by name",
    "data/runs.jsonl": "Every search and import as it was run",
    "data/records.jsonl": "Every record with all its contents, without abstracts",
    "data/deliveries.jsonl": "Which records each run delivered",
    "records.csv": "Every record: identifiers, cluster and outcome",
    "decisions.csv": "Every decision, under pseudonyms",
    "merges.csv": "Which records were joined or kept apart, and by which rule",
    "runs.csv": "Every search and import, as a table",
    "excluded.csv": "Reports excluded at full text, with the reason",
    "included.csv": "Included reports by study",
    "not-retrieved.csv": "Reports that were not retrieved",
    "flow.json": "The numbers of the flow diagram",
    "numbers.json": "Every number with its members",
    "figure.svg": "The PRISMA 2020 flow diagram",
    "bundle.json": "The form of this deposit and what was left out",
    "audit/sheet.csv": "A sample of decisions to repeat, without the verdicts",
    "audit/key.csv": "The verdicts to the sample",
    ZENODO: "Description for Zenodo",
    CITATION: "How to cite",
}

FileFacts = Mapping[str, Mapping[str, Any]]
"""Size and SHA-256 of files, by name."""


def description_files(review: DepositedReview) -> dict[str, bytes]:
    """Zenodo's form, the citation and the README."""
    about = described(review.protocol)
    return {ZENODO: _zenodo(about), CITATION: _citation(about, review), README: _readme(about, review)}


def published_on(review: DepositedReview) -> str:
    """The day of the newest event: a deposit of the same state has the same day."""
    return f"{review.flow.dated:%Y-%m-%d}" if review.flow.dated else "1970-01-01"


def crate(review: DepositedReview, files: FileFacts) -> bytes:
    """The RO-Crate's description of the deposit and each of its files."""
    about = described(review.protocol)
    graph = [
        {
            "@id": CRATE,
            "@type": "CreativeWork",
            "about": {"@id": "./"},
            "conformsTo": {"@id": "https://w3id.org/ro/crate/1.2"},
        },
        _root(about, review, files),
        _licence(about),
        *(_person(author) for author in about.authors),
        {"@id": _TOOL, "@type": "SoftwareApplication", "name": "prisma-tool", "softwareVersion": review.settings.tool_version},
        *(_file(name, facts) for name, facts in files.items()),
        {"@id": MANIFEST, "@type": "File", "name": "The hash of every file", "encodingFormat": "application/json"},
        *_actions(review, files),
    ]
    return canonical.document({"@context": "https://w3id.org/ro/crate/1.2/context", "@graph": graph})


def _root(about: DepositDescription, review: DepositedReview, files: FileFacts) -> dict[str, Any]:
    return {
        "@id": "./",
        "@type": "Dataset",
        "name": about.title,
        "description": _sentence(review),
        "datePublished": published_on(review),
        "license": {"@id": LICENCES[about.licence][0]},
        **({"author": [{"@id": _person_id(author)} for author in about.authors]} if about.authors else {}),
        **({"identifier": about.registration} if about.registration else {}),
        "hasPart": [{"@id": name} for name in (*files, MANIFEST)],
        "mentions": [{"@id": f"#run-{run.id}"} for run in runs.all_runs(review.transaction)],
    }


def _sentence(review: DepositedReview) -> str:
    shown = f", as version {review.settings.version} was closed" if review.settings.version else ""
    return (
        f"Data behind the PRISMA 2020 flow diagram of a systematic review{shown}: {counted(len(review.report_of), 'record')} "
        f"and {counted(review.summary.events, 'event')}. `prisma-tool verify` recomputes every number and the figure from them."
    )


def _licence(about: DepositDescription) -> dict[str, Any]:
    address, name = LICENCES[about.licence]
    return {"@id": address, "@type": "CreativeWork", "name": name, "description": f"{name} ({about.licence})"}


def _person_id(author: AuthorEntry) -> str:
    return f"https://orcid.org/{author.orcid}" if author.orcid else f"#author-{author.name.replace(' ', '-')}"


def _person(author: AuthorEntry) -> dict[str, Any]:
    affiliation = {"affiliation": author.affiliation} if author.affiliation else {}
    return {"@id": _person_id(author), "@type": "Person", "name": author.name, **affiliation}


def _file(name: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    form = _FORMS.get(f".{name.rpartition('.')[2]}", "application/octet-stream")
    return {
        "@id": name,
        "@type": "File",
        "name": _NAMES.get(name, name),
        "encodingFormat": form,
        "sha256": facts["sha256"],
        "contentSize": str(facts["size"]),
    }


def _actions(review: DepositedReview, files: FileFacts) -> Iterator[dict[str, Any]]:
    for run in runs.all_runs(review.transaction):
        deposited = [entry["deposited"]["path"] for entry in run.raw if "deposited" in entry]
        yield {
            "@id": f"#run-{run.id}",
            "@type": "CreateAction",
            "name": f"Search or import of {run.source}",
            "instrument": {"@id": _TOOL},
            "startTime": utc_text(run.started),
            **({"endTime": utc_text(run.finished)} if run.finished else {}),
            "result": [{"@id": name} for name in deposited if name in files],
        }


def _zenodo(about: DepositDescription) -> bytes:
    creators = [
        {
            "name": author.name,
            **({"orcid": author.orcid} if author.orcid else {}),
            **({"affiliation": author.affiliation} if author.affiliation else {}),
        }
        for author in about.authors
    ] or [{"name": _NOBODY}]
    related = [{"identifier": about.protocol_url, "relation": "isSupplementTo"}] if about.protocol_url else []
    return canonical.document(
        {
            "title": f"{about.title}: data and decisions",
            "upload_type": "dataset",
            "description": "Data behind the PRISMA 2020 flow diagram of a systematic review; prisma-tool verify recomputes it.",
            "creators": creators,
            "license": about.licence.lower(),
            "keywords": ["systematic review", "PRISMA 2020"],
            **({"related_identifiers": related} if related else {}),
        }
    )


def _citation(about: DepositDescription, review: DepositedReview) -> bytes:
    lines = [
        "cff-version: 1.2.0",
        "message: Please cite this deposit as below.",
        "type: dataset",
        f"title: {_quoted(f'{about.title}: data and decisions')}",
        f"license: {about.licence}",
        f"date-released: {published_on(review)}",
        "authors:",
    ]
    lines += [line for author in about.authors for line in _cited(author)] or [f"  - name: {_quoted(_NOBODY)}"]
    return ("\n".join(lines) + "\n").encode()


def _cited(author: AuthorEntry) -> Iterator[str]:
    """An author as CITATION.cff has people, its name written "Family, Given" or "Given Family"."""
    family, comma, given = author.name.partition(", ")
    if not comma:
        given, _, family = author.name.rpartition(" ")
    yield f"  - family-names: {_quoted(family)}"
    yield from ([f"    given-names: {_quoted(given)}"] if given else [])
    yield from ([f"    orcid: {_quoted(f'https://orcid.org/{author.orcid}')}"] if author.orcid else [])
    yield from ([f"    affiliation: {_quoted(author.affiliation)}"] if author.affiliation else [])


def _quoted(text: str) -> str:
    """Text as YAML takes it, which JSON's strings are."""
    return canonical.line_of(text).decode().rstrip("\n")


def _readme(about: DepositDescription, review: DepositedReview) -> bytes:
    left_out = "".join(f"- {sentence}\n" for sentence in review.settings.left_out)
    files = "".join(
        f"- `{name}`: {words}\n" for name, words in _NAMES.items() if name not in (README, "audit/sheet.csv", "audit/key.csv")
    )
    audit = review.settings.audit
    sampled = (
        f"\n## A sample to repeat\n\n`audit/sheet.csv` holds {audit.n} decisions (fewer where there are fewer) without their verdicts, drawn with the "
        f"seed `{audit.seed}`. Give the sheet alone to whoever repeats them: `audit/key.csv` has the verdicts, and so have the log, `decisions.csv` and "
        "`records.csv`.\n"
        if audit
        else ""
    )
    return (
        f"# {about.title}\n\n{_sentence(review)}\n\n## How to check\n\n"
        f"Written by prisma-tool {review.settings.tool_version}. Install that version and run\n\n    prisma-tool verify review.zip\n\n"
        f"The head of the log is `{review.summary.head}`. Where it was published elsewhere (a register, the paper), compare it:\n\n"
        "    prisma-tool verify review.zip --head HASH\n\n"
        "Without a head that was published, the check shows that the deposit is consistent in itself: whoever changes it and recomputes\n"
        "everything that follows cannot be noticed.\n\n"
        f"## What is in it\n\n{files}- `strategies/`, `raw/`: strategies as run; answers of services where their licence allows it\n"
        f"{sampled}\n## What was left out\n\n{left_out}"
    ).encode()
