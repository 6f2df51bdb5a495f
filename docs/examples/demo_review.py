"""The demo's review for a data scientist: `prisma-tool demo DIR`, then `python demo_review.py DIR`.

Every step uses `prisma_tool.api` alone. Jupyter, VS Code and Spyder open this file as a notebook: `# %%` begins a cell.
"""

# %% The review as data
import sys
from collections import Counter
from pathlib import Path

from prisma_tool import api

folder = Path(sys.argv[1] if len(sys.argv) > 1 else "demo")
with api.open_review(folder) as review:
    title, records, decisions, flow = review.title, review.records(), review.decisions(viewer=review.reviewers[0]), review.flow()
print(title)
print(f"{len(records)} records, {len({record.cluster for record in records})} reports, {len(decisions)} decisions")

# %% Where the records are from, and from when
per_source = Counter(record.source for record in records)
for source, n in per_source.most_common():
    print(f"{source}: {n}")
years = sorted(record.citation.year for record in records if record.citation.year)
print(f"published {years[0]} to {years[-1]}, the middle one in {years[len(years) // 2]}")

# %% What became of the reports
reports = [record for record in records if record.representative]
for stage in ("title_abstract", "full_text"):
    outcomes = Counter(getattr(record, stage) or "not there" for record in reports)
    print(stage, dict(sorted(outcomes.items())))
reasons = Counter(record.reason for record in reports if record.full_text == "exclude")
for reason, n in reasons.most_common():
    print(f"  {reason}: {n}")

# %% The flow diagram: every number can list its records
print({key: n for key, n in flow.counts.items() if n is not None})
screened = flow.explain("records_screened")
assert screened["n"] == len(screened["records"]) + sum(adjustment["n"] for adjustment in screened["adjustments"])
assert not flow.failed_checks

# %% Duplicates, found anew without what the review knows
found = api.deduplicate([record.citation for record in records])
print(f"{len(records)} records are {len(found.representatives)} reports; {len(found.uncertain)} pairs are for a person to judge")

# %% Would the order of relevance have helped?
screening = [
    api.LabelledRecord(
        record.key,
        record.citation.title,
        record.citation.abstract_text,
        record.title_abstract == "include",
        record.citation.year,
    )
    for record in reports
    if record.title_abstract in {"include", "exclude"}
]
result = api.simulate(screening, question=title)
print(f"{result['included']} of {result['n']} were included; work saved at 95 % recall: {result['wss95']:.0%}")

# %% As a data frame, where pandas is installed
try:
    frame = api.to_pandas(records)
except api.UsageError as error:
    print(error)
else:
    print(frame.groupby("source")["year"].describe())
