"""Pages of planning and preparing: they say what is wrong where it stands, and lead on."""

import io
import json
import re
from datetime import timedelta
from itertools import product

import pytest
from sqlalchemy import select

from ideaflow.clock import now, today
from ideaflow.launch.models import CheckEvidence, Launch, LaunchCell, ReadinessCheck
from ideaflow.launch.tiers import DRIVERS
from ideaflow.market.models import Seller
from ideaflow.paging import key_of_values


@pytest.fixture
def boss(client_of, make):
    make.item()  # The start page of an empty company asks for an import instead.
    return client_of("product_manager")


@pytest.fixture
def launch(make, boss):
    return make.launch([make.channel()], [make.region(), make.region()], points=0, by=boss.user)


def _check(session, launch, key="order_code"):
    query = select(ReadinessCheck).where(ReadinessCheck.launch_id == launch.id, ReadinessCheck.key == key)
    return session.scalars(query).one()


def test_a_proposal_that_passed_its_last_gate_leads_to_its_launch(session, make, boss):
    proposal = make.passed_proposal(owner_id=boss.user.id, title="Dock Scheduling")
    channel, region = make.channel(name="Partners"), make.region(name="DACH")
    assert "Plan the launch" in boss.get(f"/proposals/{proposal.id}").text
    start = boss.get("/").text
    assert "Plan the launch" in start and f"/launches/new?proposal={proposal.id}" in start
    page = boss.get(f"/launches/new?proposal={proposal.id}").text
    assert "Partners, DACH" in page and "Several proposals may feed one offering" in page
    tail = f"{channel.id}-{region.id}"
    sent = {
        "proposal_ids": proposal.id, "offering_name": "Dock Scheduling", "kind": "product",
        "product_code": "DOCK-9", "launch_on": str(today() - timedelta(days=1)), "owner_id": boss.user.id,
        "currency": "EUR", f"amount-{tail}": "780k", f"currency-{tail}": "EUR", f"owner-{tail}": "",
        **{f"points-{one.key}": "2" for one in DRIVERS},
    }  # fmt: skip
    answer = boss.post("/launches/new", data=sent)
    assert answer.status_code == 422 and "Partners, DACH has no owner" in answer.text
    assert "is past. Choose today or a later day." in answer.text and 'value="780k"' in answer.text
    good = {"launch_on": str(today() + timedelta(days=30)), f"owner-{tail}": boss.user.id}
    answer = boss.post("/launches/new", data={**sent, **good})
    launch = session.scalars(select(Launch).where(Launch.name == "Dock Scheduling")).one()
    assert answer.status_code == 303 and launch.tier == 1
    assert "Launch of Dock Scheduling" in boss.get(f"/proposals/{proposal.id}").text
    assert "without an owner" in boss.get("/").text
    for address in ("/launches/", f"/launches/{launch.id}", f"/launches/{launch.id}/plan"):
        assert "Dock Scheduling" in boss.get(address).text
    assert (
        "<b>9 points: tier 2"
        in boss.get("/launches/new/tier?points-reach=3&points-revenue=3&points-novelty=3").text
    )


def test_evidence_is_added_looked_at_and_downloaded_never_opened(session, client_of, boss, launch):
    check = _check(session, launch)
    path = f"/launches/{launch.id}/checks/{check.id}"
    assert "Nothing is shown yet, so nothing is green." in boss.get(path).text
    refused = boss.post(f"{path}/evidence", data={"note": "Believe me", "share": "1"})
    assert refused.status_code == 422 and "without evidence nothing turns green" in refused.text
    sent = {
        "file": (io.BytesIO(b"<script>alert(1)</script>"), "../../order<1>.html", "text/html"),
        "share": "1",
    }
    boss.post(f"{path}/evidence", data=sent)
    evidence = session.scalars(select(CheckEvidence)).one()
    assert evidence.file_name == "order1.html"
    answer = boss.get(f"{path}/evidence/{evidence.id}/file")
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "Somebody else looks at it." in boss.get(path).text
    assert boss.post(f"{path}/evidence/{evidence.id}/confirm").status_code == 403
    seller = client_of("sales")
    assert "I looked: it shows it" in seller.get(path).text
    seller.post(f"{path}/evidence/{evidence.id}/confirm")
    assert "Green in 2" in boss.get(path).text
    other = path.replace(f"/launches/{launch.id}/", "/launches/999999/")
    assert seller.get(f"{other}/evidence/{evidence.id}/file").status_code == 404


def test_two_who_change_a_check_at_once_see_both_versions(session, make, boss, launch):
    check, mate = _check(session, launch), make.user(name="Tom Wrona")
    path = f"/launches/{launch.id}/checks/{check.id}/owner"
    boss.post(path, data={"owner_id": boss.user.id, "version": check.version})
    answer = boss.post(path, data={"owner_id": mate.id, "version": 1})
    assert answer.status_code == 409 and boss.user.name in answer.text and "Tom Wrona" in answer.text
    newest = re.search(r'name="version" value="(\d+)"', answer.text)[1]
    assert boss.post(path, data={"owner_id": mate.id, "version": newest}).status_code == 303
    session.refresh(check)
    assert check.owner_id == mate.id


def test_moving_the_day_says_first_what_moves_with_it(boss, launch):
    path = f"/launches/{launch.id}/day"
    near = boss.get(f"{path}?launch_on={today() + timedelta(days=1)}").text
    assert "late at once" in near and "due days move by 59 days" in near
    assert "is past" in boss.get(f"{path}?launch_on=2020-01-01").text
    sent = {"launch_on": str(today() + timedelta(days=90)), "version": launch.version, "reason": ""}
    assert "why the day moves" in boss.post(path, data=sent).text
    assert boss.post(path, data={**sent, "reason": "List 2027"}).status_code == 303


@pytest.mark.parametrize(
    ("path", "field", "sent"),
    [
        ("checks/{}/forecast", "forecast_on", {"forecast_note": "The typed words stay"}),
        (
            "checks/{}/evidence",
            "valid_until_on",
            {"note": "The typed words stay", "url": "https://a.example"},
        ),
        ("checks/{}/waiver", "until", {"reason": "The typed words stay"}),
        ("day", "launch_on", {"reason": "Why"}),
    ],
)
def test_a_day_nobody_can_read_is_told_at_its_field_and_nothing_else_is_lost(
    session, boss, launch, path, field, sent
):
    check = _check(session, launch)
    check.forecast_on = before = today() + timedelta(days=3)
    form = {**sent, field: "31.12.2026", "version": check.version, "share": "1"}
    answer = boss.post(f"/launches/{launch.id}/{path.format(check.id)}", data=form)
    assert answer.status_code == 422 and f'id="f-{field}-error"' in answer.text
    assert "“31.12.2026” is no day. Write it as 2026-12-01." in answer.text
    assert path == "day" or "The typed words stay" in answer.text
    session.refresh(check)
    assert check.forecast_on == before and not session.scalars(select(CheckEvidence)).all()
    late = boss.get(f"/launches/{launch.id}/day?launch_on=9999-12-31")
    assert "between 1990 and 2099" in late.text


def test_other_pages_say_it_too_where_a_day_cannot_be_read(make, boss, launch):
    account, proposal = make.account(), make.passed_proposal()
    move = {"competitor": "Slotsmith", "title": "Dock slots", "kind": "announced", "sureness": "0.7",
            "begins_on": "2026-12-01", "until_on": "mid December"}  # fmt: skip
    promise = {"account_id": account.id, "words": "A visit on site", "due_on": "mid December",
               "authority": f"user:{boss.user.id}"}  # fmt: skip
    plan = {"proposal_ids": proposal.id, "launch_on": "soon"}
    for path, form in (("/race/new", move), ("/commitments/", promise), ("/launches/new", plan)):
        answer = boss.post(path, data=form)
        assert answer.status_code == 422 and "is no day. Write it as 2026-12-01." in answer.text, path


def test_the_template_is_drafted_in_words_compared_and_published(boss, launch):
    assert "in use for new launches" in boss.get("/launches/templates").text
    draft = boss.post("/launches/templates").headers["Location"]
    form = {"title": "Crane test", "function": "support", "channels": "own", "kind": "evidence", "words": "",
            "threshold": "", "due_days_before": "9", "weight": "1,5", "tiers": ["1", "3"],
            "version": 1}  # fmt: skip
    refused = boss.post(f"{draft}/items", data=form)
    assert refused.status_code == 422 and "“Crane test” has no rule." in refused.text
    boss.post(f"{draft}/items", data={**form, "words": "the crane lifts it"})
    page = boss.get(draft).text
    assert "Crane test" in page and "T−9" in page and ">added<" in page
    assert "Say what is new" in boss.post(f"{draft}/publish", data={"version": 2, "note": ""}).text
    boss.post(f"{draft}/publish", data={"version": 2, "note": "Cranes"})
    shown = boss.get(f"/launches/{launch.id}/template").text
    assert "Crane test" in shown and "Take version 2" in shown
    boss.post(f"/launches/{launch.id}/template", data={"number": 2, "version": launch.version})
    assert "Crane test" in boss.get(f"/launches/{launch.id}/plan").text


def test_what_no_row_or_sum_can_hold_is_refused_not_a_fault(boss, launch):
    draft = boss.post("/launches/templates").headers["Location"]
    item = {
        "title": "Crane test",
        "function": "support",
        "kind": "agents_trained",
        "tiers": "1",
        "version": 1,
    }
    for numbers in ({"threshold": "inf"}, {"weight": "nan"}, {"due_days_before": "9" * 400}):
        assert boss.post(f"{draft}/items", data={**item, **numbers}).status_code == 422, numbers
    for wrong in ({"tiers": [""]}, {"tiers": 5}, {"due_days_before": 1e400}):
        file = io.BytesIO(json.dumps({"items": [{"title": "Crane test", **wrong}]}).encode())
        assert boss.post("/launches/templates", data={"file": (file, "t.json")}).status_code == 422, wrong
    words = {"price_from": "9" * 30, "version": launch.version}
    assert "A price is 0 or more" in boss.post(f"/launches/{launch.id}/words", data=words).text
    unread = boss.post(
        f"/launches/{launch.id}/words", data={**words, "price_from": "cheap", "say": "It counts"}
    )
    assert "“cheap” is no number" in unread.text and "It counts" in unread.text
    for path in ("/launches/new", "/commitments/", f"/launches/{launch.id}/checks"):
        sent = {"offering_id": "²", "account_id": "²", "cells": "²"}
        assert boss.post(path, data=sent).status_code in (404, 422), path


def test_a_link_to_the_next_page_that_was_not_made_here_is_refused(boss, launch):
    lists = (f"/launches/{launch.id}/past", f"/proposals/{launch.proposal_id}/pipeline", "/accounts/renewals")
    for path, values in product(lists, (["a", "b"], ["a", "b", "c"], ["nan", 1], ["nan", 1, 1])):
        answer = boss.get(path, query_string={"after": key_of_values(values)})
        assert answer.status_code == 422 and "is broken" in answer.text, (path, values)
    assert boss.get(lists[0], query_string={"after": key_of_values([f"{now()}", 9])}).status_code == 200


def test_start_pages_name_what_is_due_red_and_to_be_confirmed(session, make, client_of, boss, launch):
    mate = client_of("service")
    check = _check(session, launch)
    check.owner_id, check.due_on = mate.user.id, today() - timedelta(days=2)
    cell = session.scalars(select(LaunchCell).where(LaunchCell.launch_id == launch.id)).first()
    place = {"channel_id": cell.channel_id, "region_id": cell.region_id}
    session.add(Seller(email=mate.user.email, name="Service", **place))
    session.commit()
    assert "It is yours and red; it is late already." in mate.get("/").text
    mate.post(
        f"/launches/{launch.id}/checks/{check.id}/evidence", data={"url": "https://x.example/a", "share": "1"}
    )
    assert "Evidence waits for a second person." in boss.get("/").text


def test_lists_ask_a_constant_number_of_questions(make, boss, count_queries, launch):
    def asked(path):
        with count_queries() as statements:
            assert boss.get(path).status_code == 200
        return len(statements)

    paths = ("/launches/", f"/launches/{launch.id}/plan")
    before = [asked(path) for path in paths]
    for _ in range(3):
        make.launch(points=0, by=boss.user)
    assert [asked(path) for path in paths] == before
