"""The pack gatekeepers decide on: what is in it, on paper, and that it stays what it was."""

import json
import subprocess
import sys
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from ideaflow.gates import queries, service
from ideaflow.gates.models import PackFile
from ideaflow.gates.process import definition, publishing
from ideaflow.gates.review import contents, forecast, freezing, paper, pdf
from ideaflow.proposals import estimating
from ideaflow.proposals.models import Evidence
from ideaflow.proposals.scores.ranges import Span
from tests.gates.conftest import add_evidence
from tests.gates.test_pages import browser_of as browser_of

SECTIONS = [
    "Who asked", "In their words", "What speaks against it", "Studies and benefit", "Must meet",
    "Evidence by criterion", "At the last gate", "Conditions", "What it is worth", "Forecast, then and now",
    "Changed since the last gate", "Competitors", "Launch readiness, a preview", "Risks",
    "What would make us kill", "On the table",
]  # fmt: skip


def section_of(review, title):
    """Return a section of the pack, out of those that are always there."""
    pack = freezing.paper_of(review)
    return next(one for one in pack.sections if one.title == title)


def titles(review):
    return [section.title for section in freezing.paper_of(review).sections]


def test_a_pack_holds_everything_gatekeepers_ask_for(session, world, make):
    world.go()
    add_evidence(make, world.proposal, accounts=3)
    world.proposal.asked_amount = 600_000
    session.commit()
    review = world.to_gate()
    assert [title for title in titles(review) if not title.startswith("Plan")] == SECTIONS
    assert "Plan to Gate 3" in titles(review)
    pack = review.pack
    assert "Money asked: 480000.00 → 600000.00" in pack["since_last"]
    assert any("+3 accounts" in line for line in pack["since_last"])
    drift = {one["name"]: one["drift"] for one in pack["forecast"]}
    assert round(drift["Money asked"], 3) == 0.25
    assert pack["last_review"]["means"]["Strategic fit"] == 8
    assert pack["plan"]["stage"] == "Business case"
    assert [one["word"] for one in pack["musts"] if one["is_met"]] and pack["kill_if"]


def test_evidence_stands_beside_the_criterion_it_speaks_to(session, world, make, browser_of):
    (theme,) = session.scalars(select(Evidence))
    key = queries.journey_of(world.proposal.id).gate.should[0].key
    theme.criterion_key, theme.snapshot = key, {"name": "Count", "account_count": 3, "statement_count": 3}
    session.commit()
    review = world.to_gate()
    groups = {one["key"]: one for one in review.pack["evidence"]}
    assert [line["kind"] for line in groups[key]["lines"]] == ["theme"] and "" not in groups
    assert all(groups[one.key]["lines"] == [] for one in review.gate.should if one.key != key)
    page = browser_of(world.keepers[0]).get(f"/gates/reviews/{review.id}").text
    assert "3 accounts" in page and "when added" in page
    assert page.count("No evidence speaks to this.") == len(review.gate.should) - 1 + len(
        review.gate.manual_must
    )
    lines = dict(section_of(review, "Evidence by criterion").lines)
    assert "when added; now 7 accounts" in lines[groups[key]["name"]] and "no evidence" in lines.values()


def test_what_gatekeepers_held_against_it_is_read_at_the_next_gate(session, world):
    review = world.to_gate()
    assert section_of(review, "What speaks against it").empty.startswith("Nothing on record")
    points, answers = world.card(review)
    low, lower = list(points)[:2]
    first, second = world.keepers
    service.submit(review.id, points | {low: 4}, answers, {low: "Too far from us."}, "go", by=first.actor)
    service.submit(review.id, points | {lower: 3}, answers, {lower: "Nobody pays."}, "go", by=second.actor)
    world.decide(review, service.Verdict("go", "All the same."))
    against = section_of(world.to_gate(), "What speaks against it").quotes
    assert [words for words, _ in against] == ["Nobody pays.", "Too far from us."]
    assert against[0][1].startswith(f"{second.name}, 3 of 10 on ") and against[0][1].endswith("at Gate 1")


def test_the_worth_is_told_with_its_range_its_drift_and_what_is_missing(session, world):
    def estimate(spans):
        estimating.set_estimates(world.proposal.id, spans, world.proposal.version, by=world.owner.actor)

    estimate({"present_value": Span(2e6, 3e6, 4e6)})
    review = world.to_gate()
    lines = dict(section_of(review, "What it is worth").lines)
    assert lines["Not estimated yet"].startswith("chance it sells, cost of launch")
    world.score(review)
    world.decide(review, service.Verdict("go", "Clear."))
    spans = {
        "development_cost": Span(4e5, 5e5, 6e5), "launch_cost": Span(1e5, 1e5, 1e5),
        "chance_commercial": Span(0.5, 0.5, 0.5), "chance_technical": Span(0.8, 0.8, 0.8),
    }  # fmt: skip
    estimate(spans)
    review = world.to_gate()
    assert review.pack["worth"]["npv"] == {"likely": 2.4e6, "low": 1.3e6, "high": 3.5e6}
    assert review.pack["worth"]["expected"] == pytest.approx((3e6 * 0.5 - 1e5) * 0.8 - 5e5)
    assert "Not estimated yet" not in dict(section_of(review, "What it is worth").lines)
    world.score(review)
    world.decide(review, service.Verdict("go", "Clear."))
    estimate({"development_cost": Span(1.1e6, 1.1e6, 1.1e6)})
    drift = {one["name"]: one["drift"] for one in world.to_gate().pack["forecast"]}
    assert drift["Net present value"] == pytest.approx(-0.25)


def test_the_race_is_told_by_our_usual_times():
    content = definition.read((publishing.SHIPPED / "full.json").read_text())
    moves = [{"name": "Acme: GA", "begins_on": "2027-03-01"}]
    race = forecast.race_of(content, "launch", moves, date(2027, 2, 9))
    assert race == {"ours_on": "2027-03-11", "leads": {"Acme: GA": -10}}


def test_the_same_pack_gives_the_same_bytes_whatever_the_day_and_the_process(session, world, tmp_path):
    review = world.to_gate()
    file = session.get_one(PackFile, review.id)
    assert file.pdf.startswith(b"%PDF-") and sha256(file.pdf).hexdigest() == file.pdf_hash
    assert pdf.pdf_of(freezing.paper_of(review), review.pack_hash) == file.pdf
    (tmp_path / "pack.json").write_text(json.dumps(review.pack))
    code = (
        "import json, sys; from hashlib import sha256; from ideaflow.gates.review import paper, pdf;"
        "pack = json.load(open(sys.argv[1]));"
        "print(sha256(pdf.pdf_of(paper.paper_of(pack, sys.argv[2], 'EUR'), sys.argv[3])).hexdigest())"
    )
    question = freezing.paper_of(review).question
    words = [sys.executable, "-c", code, str(tmp_path / "pack.json"), question, review.pack_hash]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == file.pdf_hash


def test_a_pack_is_read_as_page_as_file_and_as_what_its_hash_is_of(client_of, world):
    review = world.to_gate()
    browser = client_of("sales")
    page = browser.get(f"/gates/reviews/{review.id}/pack")
    assert page.status_code == 200 and review.pack_hash in page.text
    for title in SECTIONS:
        assert title in page.text or title in ("Forecast, then and now", "Changed since the last gate")
    file = browser.get(f"/gates/reviews/{review.id}/pack.pdf")
    assert file.data.startswith(b"%PDF-") and "attachment" in file.headers["Content-Disposition"]
    assert file.data == browser.get(f"/gates/reviews/{review.id}/pack.pdf").data
    plain = browser.get(f"/gates/reviews/{review.id}/pack.json")
    assert sha256(plain.data).hexdigest() == review.pack_hash
    assert definition.canonical(json.loads(plain.data)).encode() == plain.data


def test_a_pack_that_was_tampered_with_is_refused_and_says_what_to_do(client_of, session, world):
    review = world.to_gate()
    session.execute(text("ALTER TABLE gate_reviews DISABLE TRIGGER gate_reviews_stand"))
    session.execute(text("UPDATE gate_reviews SET pack = jsonb_set(pack, '{proposal,title}', '\"Other\"')"))
    session.execute(text("ALTER TABLE gate_reviews ENABLE TRIGGER gate_reviews_stand"))
    session.commit()
    browser = client_of("gatekeeper")
    for address in ("pack", "pack.pdf", "pack.json"):
        answer = browser.get(f"/gates/reviews/{review.id}/{address}")
        assert answer.status_code == 409 and "Cancel this review" in answer.text
    assert "Nothing can be scored or decided on it" in browser.get(f"/gates/reviews/{review.id}").text


@pytest.mark.parametrize("change", ["UPDATE gate_pack_files SET pdf = ''", "DELETE FROM gate_pack_files"])
def test_the_database_keeps_the_file(session, world, change):
    world.to_gate()
    with pytest.raises(DBAPIError, match="never change"):
        session.execute(text(change))


def test_words_of_other_alphabets_and_marks_are_printed(world, session):
    world.proposal.title, world.proposal.value = (
        "Zählung für Łódź & <b>Ελλάδα</b>",
        "Учёт без остановки — 5 € × 3 ≥ 15",
    )
    session.commit()
    review = world.to_gate()
    assert session.get_one(PackFile, review.id).pdf.startswith(b"%PDF-")
    assert "Łódź" in freezing.paper_of(review).question


def test_a_pack_of_before_is_still_read(session, world):
    review = world.to_gate()
    old = {key: review.pack[key] for key in (
        "proposal", "numbers", "facts", "quotes", "deliverables", "conditions", "last_review", "stage",
        "gate", "process", "at",
    )}  # fmt: skip
    found = paper.paper_of(old, "Shall we?", "EUR")
    assert pdf.pdf_of(found, "0" * 64).startswith(b"%PDF-")


def test_a_trend_is_told_with_its_interval():
    trend = {"word": "growing", "ratio": 4.06, "low": 1.66, "high": 9.05, "q": 0.021}
    assert contents.trend_words(trend) == "growing, 4.1× usual (95 %: 1.7–9.1), q 0.02"
    assert contents.trend_words({}) == "too few to say"


def test_what_would_make_us_kill_comes_from_the_rules_of_the_gate(world):
    review = world.to_gate()
    lines = contents.kill_if(review.gate)
    assert any("cannot" not in line and "is not met" in line for line in lines) and "below 50" in lines[-1]
