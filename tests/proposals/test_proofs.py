"""Evidence of every kind: as it was, as it is, which criterion it speaks to; what proof is still wanted."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from ideaflow.clock import today
from ideaflow.errors import Invalid
from ideaflow.proposals import lines, service
from ideaflow.proposals.models import EvidenceSnapshot, Proposal, Study
from ideaflow.proposals.numbers import numbers_of
from ideaflow.proposals.parts import CriterionWords
from ideaflow.proposals.proofs.changes import changes, summary
from ideaflow.proposals.proofs.shares import Part, deviation, divide
from ideaflow.proposals.proofs.wanted import facts, wanted

STUDY = {
    "title": "Concept test", "method": "concept_test", "outcome": "for", "finding": "11 of 12 would use it",
    "participant_count": 12, "account_count": 8, "held_on": date(2026, 10, 1), "url": "",
}  # fmt: skip
MOVE = {
    "competitor": "Stowline", "title": "Counts single bins", "kind": "rumour",
    "begins_on": date(2026, 10, 1), "until_on": None, "sureness": 0.4, "url": "",
}  # fmt: skip


@pytest.fixture
def proposal(manager, by):
    return service.add_blank("Live count", manager.id, by=by)


# Live beside frozen, line by line


def test_a_study_and_a_move_are_kept_once_and_show_what_they_were(proposal, by):
    study, move = service.keep_study(STUDY, by=by), service.keep_move(MOVE, by=by)
    service.add_study(proposal.id, study.id, by=by)
    service.add_move(proposal.id, move.id, by=by)
    assert service.add_study(proposal.id, study.id, by=by).study_id == study.id
    service.edit_move(move.id, {**MOVE, "kind": "beta", "sureness": 0.9}, 1, by=by)
    one, other = lines.lines_of(proposal.id)
    assert (one.now, one.changes) == ("concept test, 12 people of 8 accounts, speaks for it", [])
    assert [change.words for change in other.changes] == [
        "was rumour",
        "was 40\u202f% sure".removesuffix(" sure"),
    ]
    assert (other.then[:6], other.now[:4]) == ("rumour", "beta")


def test_each_kind_tells_what_changed_since_it_was_added(make, make_theme, say, session, proposal, by):
    theme, sale = make_theme(accounts=2), make.opportunity(amount=50_000)
    statement = say(theme, make.account())
    account = make.account(revenue_amount=100_000)
    service.add_theme(proposal.id, theme.id, by=by)
    service.add_statement(proposal.id, statement.id, by=by)
    service.add_account(proposal.id, account.id, by=by)
    service.add_opportunity(proposal.id, sale.id, by=by)
    assert all(not line.changes for line in lines.lines_of(proposal.id))
    theme.account_count, theme.trend = 5, "fading"
    sale.state, account.revenue_amount = "won", 80_000
    statement.item.withdrawn_at = statement.item.said_at
    session.commit()
    told = {
        line.evidence.kind: [(one.words, one.tone) for one in line.changes]
        for line in lines.lines_of(proposal.id)
    }
    assert told == {
        "theme": [("3 accounts more", "up"), ("was growing", "")],
        "statement": [("withdrawn since", "down")],
        "account": [("− €20\u202fk a year", "down")],
        "opportunity": [("won, was open", "up")],
    }


def test_a_theme_that_was_merged_shows_the_numbers_of_the_one_it_lives_on_in(
    make_theme, session, proposal, by
):
    theme, survivor = make_theme("Small", accounts=1), make_theme("Large", accounts=6)
    service.add_theme(proposal.id, theme.id, by=by)
    theme.state, theme.merged_into_id = "merged", survivor.id
    session.commit()
    (line,) = lines.lines_of(proposal.id)
    assert (line.name, line.now[:10]) == ("Small", "6 accounts")
    assert f"lives on in theme {survivor.id}" in [one.words for one in line.changes]


def test_what_was_never_looked_at_has_not_changed():
    assert changes("theme", None, {"account_count": 3}, "EUR") == []
    assert [one.words for one in changes("study", {"name": "x"}, None, "EUR")] == ["gone since"]
    assert summary("document", {"name": "x"}, "EUR") == ""


def test_evidence_stands_by_the_criterion_it_speaks_to(make, session, proposal, by):
    account, other = make.account(), make.account()
    service.add_account(proposal.id, account.id, criterion="fit", by=by)
    tie = service.add_account(proposal.id, other.id, by=by)
    asked = [
        CriterionWords("fit", "Strategic fit", "How well?", "Gate 2", True),
        CriterionWords("risk", "Reward against risk", "Worth it?", "Gate 2", True),
        CriterionWords("auto", "5 accounts", "?", "Gate 2", True, fills_itself=True),
        CriterionWords("price", "Price", "?", "Gate 5", False),
    ]
    groups, bare = lines.by_criterion(lines.lines_of(proposal.id), asked)
    assert [(group.name, len(group.lines)) for group in groups] == [
        ("Strategic fit", 1),
        ("The case as a whole", 1),
    ]
    assert [one.key for one in bare] == ["risk"]
    service.speak_to(tie.id, "price", of=proposal.id, by=by)
    groups, _ = lines.by_criterion(lines.lines_of(proposal.id), asked)
    assert [(group.name, group.note) for group in groups][1] == ("Price", "asked at Gate 5")


def test_studies_and_moves_refuse_what_makes_no_sense(session, by):
    for wrong, field in (
        ({"account_count": 13}, "account_count"),
        ({"finding": " "}, "finding"),
        ({"held_on": today() + timedelta(days=2)}, "held_on"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"method": "guess"}, "method"),
    ):
        with pytest.raises(Invalid) as caught:
            service.keep_study({**STUDY, **wrong}, by=by)
        assert [problem["field"] for problem in caught.value.problems] == [field]
    with pytest.raises(Invalid, match="before the first"):
        service.keep_move({**MOVE, "until_on": date(2026, 9, 1)}, by=by)
    assert session.scalars(select(Study)).all() == []


def test_two_who_edit_a_study_at_once_meet_in_words(by, session):
    study = service.keep_study(STUDY, by=by)
    service.edit_study(study.id, {**STUDY, "finding": "9 of 12"}, 1, by=by)
    with pytest.raises(service.Overtaken) as caught:
        service.edit_study(study.id, {**STUDY, "finding": "10 of 12"}, 1, by=by)
    assert (caught.value.version, caught.value.theirs) == (2, {"finding": "9 of 12"})


def test_frozen_numbers_hold_studies_and_moves(session, proposal, by):
    service.add_study(proposal.id, service.keep_study(STUDY, by=by).id, by=by)
    service.add_document(proposal.id, "Spike", "https://wiki.example/spike", by=by)
    service.freeze(proposal.id, "for gate 2", by=by)
    frozen = session.scalars(select(EvidenceSnapshot)).one().numbers
    assert (frozen["studies"][0]["finding"], frozen["document_count"]) == ("11 of 12 would use it", 1)
    assert numbers_of(proposal.id).snapshot()["studies"] == frozen["studies"]


# What proof is wanted


def _met(numbers, **proposal):
    return {one.key: one.is_met for one in wanted(numbers, proposal)}


def test_from_above_it_needs_customers_and_from_below_an_arena():
    asked, nobody = {"account_count": 1}, {"account_count": 0}
    assert not _met(nobody, origin="strategy", arena="Yard")["both_halves"]
    assert _met(asked, origin="strategy", arena="Yard")["both_halves"]
    for origin in ("theme", "trigger"):
        assert not _met(asked, origin=origin, arena=None)["both_halves"]
        assert _met(asked, origin=origin, arena="Yard")["both_halves"]
    assert not _met(nobody, origin="internal", arena="Yard")["both_halves"]


def test_satisfy_needs_many_who_ask_and_redefine_a_test_that_was_passed():
    many, few = {"account_count": 5, "segment_count": 2}, {"account_count": 4, "segment_count": 3}
    study = {key: value for key, value in STUDY.items() if key != "held_on"}
    passed, failed = {**few, "studies": [study]}, {**many, "studies": [{**study, "outcome": "against"}]}
    assert _met(many, strategy="satisfy")["strategy_proven"]
    assert not _met(passed, strategy="satisfy")["strategy_proven"]
    assert _met(passed, strategy="redefine")["strategy_proven"]
    assert not _met(failed, strategy="redefine")["strategy_proven"]
    small = {"studies": [{**study, "participant_count": 4, "account_count": 4}]}
    assert not _met(small, strategy="redefine")["strategy_proven"]
    assert facts({"moves": [1]}, {"strategy": "redefine"})["worth_a_look"]


@pytest.mark.parametrize(
    ("kind", "lacking", "meeting"),
    [
        ("improve", {"account_count": 9}, {"customer_count": 1}),
        ("new_offering", {"account_count": 9}, {"lost_count": 1}),
        ("process", {"account_count": 9}, {}),
        ("service", {"account_count": 9}, {"document_count": 1}),
    ],
)
def test_each_type_asks_for_its_own_proof(kind, lacking, meeting):
    benefit = {"benefit_metric": "hours", "benefit_baseline": "6.5"} if kind == "process" else {}
    assert not _met(lacking, type=kind)["type_proven"]
    assert _met({**lacking, **meeting}, type=kind, **benefit)["type_proven"]


# Arenas


def test_arenas_compare_what_is_asked_for_with_what_was_meant():
    parts = divide({"New": 40, "Old": 60}, {"New": 0.6, "Old": 0.4})
    assert deviation(parts) == 0.2
    assert deviation(divide({}, {"New": 0.6})) is None
    assert deviation([Part("New", None, 1.0)]) is None
    assert deviation([Part("New", 0.6, 0.6), Part("Rest", None, 0.4)]) == 0


def test_an_arena_is_renamed_with_its_proposals_and_closed_for_new_ones(session, make_arena, proposal, by):
    arena = make_arena("Inventory truth", target_share=0.7)
    service.edit(proposal.id, {"arena": "Inventory truth"}, 1, by=by)
    service.edit_arena(arena.id, {"name": "True inventory"}, 1, by=by)
    assert session.get(Proposal, proposal.id).arena == "True inventory"
    with pytest.raises(Invalid, match="exceed 100 %; at most 30"):
        service.add_arena("Yard", "", 0.4, by=by)
    service.edit_arena(arena.id, {"is_open": False}, 2, by=by)
    other = service.add_blank("Other", proposal.owner_id, by=by)
    with pytest.raises(Invalid, match="is closed"):
        service.edit(other.id, {"arena": "True inventory"}, 1, by=by)
    with pytest.raises(Invalid, match="not there"):
        service.edit(other.id, {"arena": "Nowhere"}, 1, by=by)
    assert (
        service.edit(proposal.id, {"title": "Keeps it", "arena": "True inventory"}, 2, by=by).title
        == "Keeps it"
    )


def test_what_strategy_asks_for_begins_with_an_arena(session, make_arena, manager, by):
    make_arena("The yard")
    with pytest.raises(Invalid, match="Choose the arena"):
        service.add_from_strategy("Yard", "", "We want it.", manager.id, by=by)
    proposal = service.add_from_strategy("Yard", "The yard", "We want it.", manager.id, by=by)
    assert (proposal.origin, proposal.arena, proposal.problem) == ("strategy", "The yard", "We want it.")


# Pages


def test_a_study_is_kept_and_cited_from_the_evidence_page_and_mended_on_its_own(client_of, session):
    browser = client_of("product_manager")
    proposal = service.add_blank("Live count", browser.user.id, by=browser.user.actor)
    where = f"/proposals/{proposal.id}/evidence"
    form = {**STUDY, "kind": "new_study", "held_on": "2026-10-01"}
    assert "Say in a sentence" in browser.post(where, data={**form, "finding": ""}).text
    assert browser.post(where, data=form).status_code == 303
    study = session.scalars(select(Study)).one()
    page = browser.get(f"/proposals/{proposal.id}").text
    assert "11 of 12 would use it" in page and "unchanged" in page
    own = f"/proposals/studies/{study.id}"
    values = {**form, "finding": "3 of 12", "version": 1}
    assert browser.post(own, data=values).status_code == 303
    again = browser.post(own, data={**values, "finding": "4 of 12"})
    assert again.status_code == 409 and "Saved meanwhile: 3 of 12" in again.text
    page = browser.get(f"/proposals/{proposal.id}?by=criterion").text
    assert "was 11 of 12 would use it" in page and "The case as a whole" in page
    assert browser.post(where, data={"kind": "study", "record_id": study.id}).status_code == 303


def test_only_an_administrator_names_arenas_and_everybody_reads_them(client_of, session):
    boss, manager = client_of("administrator"), client_of("product_manager")
    assert "An administrator names them" in manager.get("/proposals/arenas").text
    assert manager.post("/proposals/arenas", data={"name": "Yard"}).status_code == 403
    assert boss.post("/proposals/arenas", data={"name": "Yard", "target_share": "x"}).status_code == 422
    assert boss.post("/proposals/arenas", data={"name": "Yard", "target_share": "30"}).status_code == 303
    assert "30\u202f%" in manager.get("/proposals/arenas").text
    answer = manager.post(
        "/proposals/", data={"title": "Gate", "origin": "strategy", "arena": "Yard", "problem": "Why."}
    )
    assert "from our strategy" in manager.get(answer.headers["Location"]).text


def test_evidence_of_every_kind_asks_the_database_a_constant_number_of_times(client_of, make, count_queries):
    browser = client_of("product_manager")
    by = browser.user.actor
    proposal = service.add_blank("Live count", browser.user.id, by=by)

    def cost():
        with count_queries() as statements:
            assert browser.get(f"/proposals/{proposal.id}?by=criterion").status_code == 200
        return len(statements)

    def add():
        service.add_study(proposal.id, service.keep_study(STUDY, by=by).id, by=by)
        service.add_move(proposal.id, service.keep_move(MOVE, by=by).id, by=by)
        service.add_opportunity(proposal.id, make.opportunity(account_id=make.account().id).id, by=by)

    add()
    cost()  # The very first page publishes the processes that come with ideaflow.
    few = cost()
    for _ in range(8):
        add()
    assert cost() == few
