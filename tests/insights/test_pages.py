"""Pages of the portfolio: every number opens what is behind it, few cases are not told, many are fast."""

import csv
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import insert

from ideaflow.clock import now, stopped
from ideaflow.gates import service
from ideaflow.gates.models import GateReview, Journey, StageRun
from ideaflow.gates.process import publishing
from ideaflow.insights import sheets
from ideaflow.insights.terms import Scope
from ideaflow.proposals.models import Arena, Estimate, Proposal
from tests.gates.conftest import build_world

PAGES = ("/portfolio/", "/portfolio/time", "/portfolio/balance")


@pytest.fixture
def decided(make):
    """A proposal that passed Gate 1 within 20 days and works in Scoping since 10 days."""
    with stopped(now() - timedelta(days=30)):
        world = build_world(make)
    with stopped(now() - timedelta(days=10)):
        world.go()
    return world


def many(make, count):
    """Proposals with five stays and four decisions each, written at once."""
    session, owner, version = make.session, make.user(), publishing.standard()
    stages = version.content.stage_keys[:5]
    begin = now() - timedelta(days=400)
    rows = [{"title": f"Number {one}", "owner_id": owner.id, "asked_amount": 10} for one in range(count)]
    ids = list(session.scalars(insert(Proposal).returning(Proposal.id), rows))
    journey = {
        "process_version_id": version.id, "state": "working", "stage_key": stages[-1],
        "started_at": begin, "state_since": begin + timedelta(days=160),
    }  # fmt: skip
    session.execute(insert(Journey), [{"proposal_id": key, **journey} for key in ids])
    stays, reviews = [], []
    for key in ids:
        for place, stage in enumerate(stages):
            entered = begin + timedelta(days=40 * place, minutes=key % 1000)
            left = entered + timedelta(days=40)
            stay = {"proposal_id": key, "stage_key": stage, "iteration": 1, "entered_at": entered}
            is_open = place == len(stages) - 1
            end = {"exited_at": None if is_open else left, "exit_reason": "" if is_open else "go"}
            stays.append({**stay, **end, "active_seconds": 86_400 * 30})
            if not is_open:
                reviews.append(_decided(key, version.id, f"gate_{place + 1}", entered, left))
    session.execute(insert(StageRun), stays)
    session.execute(insert(GateReview), reviews)
    told = {"present_value": 900.0, "launch_cost": 50.0, "development_cost": 100.0}
    spans = [{"key": name, "low": one, "likely": one, "high": one} for name, one in told.items()]
    session.execute(insert(Estimate), [{"proposal_id": key, **span} for key in ids for span in spans])
    session.commit()


def _decided(key, version_id, gate_key, opened, decided):
    worth = {"npv": {"likely": 1_000.0 + key % 7}, "expected": 100.0}
    pack = {"numbers": {"account_count": 3}, "proposal": {}, "gate": {"name": "Gate 1"}, "worth": worth}
    return {
        "proposal_id": key, "process_version_id": version_id, "gate_key": gate_key, "sequence": 1,
        "state": "decided", "decision": "go", "reason": "Yes.", "pack": pack, "pack_hash": "0" * 64,
        "opened_at": opened, "due_on": opened.date(), "decided_at": decided,
    }  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_pages_open_before_anything_was_proposed_and_after(client_of, make, address):
    browser = client_of("sales")
    assert "Open the proposals" in browser.get(address).text
    build_world(make)
    assert browser.get(address).status_code == 200


def test_one_case_is_too_few_to_say(client_of, decided):
    page = client_of("product_manager").get("/portfolio/").text
    assert "too few to say" in page
    assert "100" + "\N{NARROW NO-BREAK SPACE}" + "%" not in page.split("What gates decide")[1]
    assert "1 decision" in page


def test_every_number_opens_the_proposals_behind_it(client_of, decided):
    browser = client_of("product_manager")
    links = {
        link.replace("&amp;", "&")
        for address in PAGES
        for link in re.findall(r'href="(/portfolio/behind[^"]+)"', browser.get(address).text)
    }
    assert len(links) > 20
    for link in sorted(links):
        answer = browser.get(link)
        assert answer.status_code == 200, link
        assert f"/proposals/{decided.proposal.id}" in answer.text, link


def test_a_number_that_is_not_there_is_not_found(client_of, decided):
    assert client_of("sales").get("/portfolio/behind?figure=gate.none.passed").status_code == 404


def test_filters_stand_in_the_address_and_hold_for_what_is_behind(client_of, decided):
    browser = client_of("product_manager")
    page = browser.get("/portfolio/?arena=Inventory+truth&period=90").text
    assert "arena=Inventory+truth" in re.search(r'href="(/portfolio/behind[^"]+)"', page)[1]
    assert "No proposal was begun here yet" in browser.get("/portfolio/?type=service").text
    assert "No proposal was begun here yet" in browser.get("/portfolio/?process=lite").text
    assert browser.get("/portfolio/?type=nonsense&period=x&arena=%00x").status_code in (200, 422)


def test_what_was_begun_before_the_period_and_decided_in_it_is_told(client_of, make):
    with stopped(now() - timedelta(days=120)):
        world = build_world(make)
    with stopped(now() - timedelta(days=10)):
        world.go()
    page = client_of("sales").get("/portfolio/?period=90").text
    assert "No proposal was begun in this period." in page
    assert "1 decision" in page
    assert "How far they get" not in page


def test_a_stay_that_goes_on_counts_its_running_clock(decided):
    """20 days of work in Discovery (handed in and decided at once), 10 in Scoping so far."""
    stages = {one.stage.key: one for one in sheets.pace(Scope()).stages}
    assert stages["discovery"].active_days == pytest.approx(20, abs=0.01)
    assert stages["scoping"].active_days == pytest.approx(10, abs=0.01)


def test_what_is_on_hold_is_no_work(decided):
    with stopped(now() - timedelta(days=6)):
        review = decided.to_gate()
        decided.score(review, vote="hold")
        revisit = (now() + timedelta(days=90)).date()
        decided.decide(
            review, service.Verdict("hold", "No people.", revisit_on=revisit, reason_code="resources")
        )
    stage = {one.stage.key: one for one in sheets.pace(Scope()).stages}["scoping"]
    assert (stage.active_days, stage.hold_days) == pytest.approx((4, 6), abs=0.01)


def test_numbers_can_be_taken_along(client_of, decided):
    browser = client_of("sales")
    rows = list(csv.DictReader(io.StringIO(browser.get("/portfolio/numbers.csv").text)))
    found = browser.get("/portfolio/numbers.json?period=90").json
    assert found["scope"] == {"period": "90"}
    assert {row["key"] for row in rows} >= {one["key"] for one in found["numbers"]}
    passed = next(row for row in rows if row["key"] == "gate.gate_1.passed")
    assert (passed["counted"], passed["of"], passed["note"]) == ("1", "1", "too few to say")
    assert passed["proposals"] == f"P-{decided.proposal.id}"


def test_an_arena_is_not_taken_for_a_formula(client_of, make, decided):
    make._add(Arena(name="=1+1"))
    decided.proposal.arena = "=1+1"
    make.session.commit()
    assert "\n=1+1" not in client_of("sales").get("/portfolio/numbers.csv").text
    assert "'=1+1" in client_of("sales").get("/portfolio/numbers.csv").text


def test_many_cost_no_more_questions_than_few(client_of, make, decided, count_queries):
    browser = client_of("product_manager")
    addresses = (*PAGES, "/portfolio/numbers.csv", "/portfolio/behind?figure=reached.discovery")

    def asked():
        found = {}
        for address in addresses:
            with count_queries() as statements:
                assert browser.get(address).status_code == 200
            found[address] = len(statements)
        return found

    few = asked()
    many(make, 300)  # 1,500 stays, 1,200 decisions.
    assert asked() == few


def test_balance_unpacks_each_pack_once_and_sends_no_list_of_numbers(client_of, make, count_queries):
    many(make, 40)
    with count_queries() as statements:
        page = client_of("product_manager").get("/portfolio/balance").text
    assert "−25" in page.split("Forecast drift")[1]  # From 1,000 and some to 900 − 50 − 100.
    assert sum("gate_reviews.pack" in one for one in statements) == 1
    assert not [one for one in statements if one.count("%(") > 30]
    assert not [one for one in statements if "stage_runs" in one]
