"""The pack gatekeepers decide on: what is in it, on paper, and that it stays what it was."""

import json
import subprocess
import sys
from hashlib import sha256

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ideaflow.gates.models import PackFile
from ideaflow.gates.process import definition
from ideaflow.gates.review import contents, freezing, paper, pdf
from tests.gates.conftest import add_evidence

SECTIONS = [
    "Who asked", "In their words", "Studies and benefit", "Must meet", "At the last gate", "Conditions",
    "Forecast, then and now", "Changed since the last gate", "Competitors", "Launch readiness, a preview",
    "Risks", "What would make us kill", "On the table",
]  # fmt: skip


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
