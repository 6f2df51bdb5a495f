"""Full texts asked for by key, beside the work: what was found where shows on the record's page, and `v` knows the copies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests
from invented_pdf import article_pdf
from quick_services import quick_transport
from service import Answer
from standin_unpaywall import UnpaywallStandIn, copy_of
from textual.pilot import Pilot
from textual.widgets import Static

from prisma_tool.fulltext.links import full_text_locations
from prisma_tool.identify.run import full_text_clients
from prisma_tool.identify.run.full_text_clients import TextClients
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.sources.fulltexts.download import Downloader
from prisma_tool.sources.fulltexts.locations import host_of
from prisma_tool.sources.fulltexts.unpaywall import Unpaywall
from prisma_tool.sources.public_hosts import public_session
from prisma_tool.tui.app import ReviewApp

TITLE = "A randomised trial of an invented treatment in adults"


def painted(pilot: Pilot[None]) -> str:
    return " ".join(str(one.render()) for one in pilot.app.screen.query(Static))


async def test_full_texts_are_found_by_key_and_offers_need_a_second_word(
    review_of: Callable[..., Review], deliver: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    review = review_of()
    deliver(review, "Scopus", SourceKind.DATABASE, Citation(title=TITLE, doi="10.5555/one"))
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, "Anna", Verdict.INCLUDE) for key in keys_of(review)])
    with UnpaywallStandIn() as unpaywall, requests.Session() as session:
        unpaywall.documents["one.pdf"] = Answer(200, "application/pdf", article_pdf(TITLE, "10.5555/one"))
        unpaywall.copies["10.5555/one"] = [copy_of(unpaywall.file("one.pdf"), version="submittedVersion")]
        allowed = {host_of(unpaywall.url)}
        line, guarded = quick_transport("Unpaywall", session), quick_transport("a host", public_session(allowed))
        services = (Unpaywall(line, unpaywall.url, "team@example.org"),)
        clients = TextClients(services, Downloader(lambda _: guarded, allowed), (), [line, guarded])
        monkeypatch.setattr(full_text_clients, "text_clients", lambda _: clients)
        app = ReviewApp(review, "Anna", Stage.FULL_TEXT)
        async with app.run_test(size=(100, 30)) as pilot:
            await pilot.press("F", "1")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert "0 of 1 wanted full text retrieved; 1 offered in another version" in painted(pilot)
            assert "Unpaywall: offers a copy that waits for your word" in painted(pilot)
            assert unpaywall.file("one.pdf") in [place.target for place in full_text_locations(review, keys_of(review)[0])]
            await pilot.press("F", "2")
            await app.workers.wait_for_complete()
            await pilot.pause()
            assert "1 of 1 wanted full text retrieved" in painted(pilot)
            assert "PDF: fulltext/" in painted(pilot)


def keys_of(review: Review) -> list[str]:
    from prisma_tool.store.records import records

    with review.store.read() as transaction:
        return [record.key for record in records.all_records(transaction)]
