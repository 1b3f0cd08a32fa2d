"""Proposals become one, are split, and are taken up again: evidence and history go along."""

import pytest
from sqlalchemy import func, select

from ideaflow import audit
from ideaflow.db import db
from ideaflow.errors import Conflict, Forbidden, Invalid
from ideaflow.gates import queries as gate_queries
from ideaflow.gates import service as gates
from ideaflow.proposals import kin, lines, listing, queries, service
from ideaflow.proposals.models import Estimate, Evidence, EvidenceSnapshot, MergeRequest, Proposal
from ideaflow.proposals.numbers import numbers_of
from ideaflow.proposals.scores.ranges import Span
from ideaflow.themes.models import Theme
from ideaflow.users.models import User
from tests.proposals.test_at_once import together  # noqa: F401 - a fixture


@pytest.fixture
def two(make_theme, manager, by):
    """Two proposals of one owner, each from a theme."""
    return [
        service.promote([make_theme(title, accounts=3).id], manager.id, by=by) for title in ("Count", "Pick")
    ]


@pytest.fixture
def other(make):
    return make.user(name="Joris Okafor", roles=["product_manager"])


def _keys(proposal):
    return {account["account_id"] for account in numbers_of(proposal.id).snapshot()["accounts"]}


# Merge


def test_merged_evidence_serves_the_other_and_is_not_copied(session, two, by):
    source, target = two
    everyone = _keys(source) | _keys(target)
    service.ask_merge(source.id, target.id, "They are one.", by=by)
    assert session.scalar(select(func.count()).select_from(Evidence)) == 2
    assert _keys(target) == everyone and _keys(source) == set()
    assert (source.merged_into_id, source.is_live, target.is_live) == (target.id, False, True)
    frozen = {one.proposal_id: one.reason for one in session.scalars(select(EvidenceSnapshot).order_by("id"))}
    assert frozen == {
        source.id: f"before it was merged into {target.label}",
        target.id: f"when {source.label} was merged into it",
    }
    assert session.scalars(select(Theme.state)).all() == ["proposed", "proposed"]
    assert [line.evidence.proposal_id for line in lines.lines_of(target.id)] == [source.id, target.id]
    (row,) = listing.listing(listing.Filters()).rows
    assert (row.proposal.id, row.account_count) == (target.id, 6)


def test_a_theme_of_a_merged_proposal_is_proposed_by_the_one_it_lives_on_in(session, two, manager, by):
    source, target = two
    theme_id = session.scalars(select(Evidence.theme_id).filter_by(proposal_id=source.id)).one()
    service.ask_merge(source.id, target.id, "They are one.", by=by)
    with pytest.raises(service.AlreadyProposed, match=f"in {target.label} "):
        service.promote([theme_id], manager.id, by=by)
    tie = session.scalars(select(Evidence).filter_by(theme_id=theme_id)).one()
    service.remove_evidence(tie.id, of=target.id, by=by)
    assert session.get(Theme, theme_id).state != "proposed"


def test_both_owners_agree_before_two_become_one(session, two, other, by):
    source, target = two
    service.hand_over(target.id, other.id, by=by)
    with pytest.raises(Forbidden):
        service.ask_merge(source.id, target.id, "One.", by=audit.Actor(0, "Nobody"))
    asked = service.ask_merge(source.id, target.id, "They are one.", by=by)
    assert asked.is_accepted is None and source.is_live
    with pytest.raises(Conflict, match="asked already"):
        service.ask_merge(source.id, target.id, "Again.", by=by)
    with pytest.raises(Forbidden, match="other owner"):
        service.answer_merge(asked.id, True, by=by)
    assert [one.request.id for one in kin.asked_of(other.id)] == [asked.id]
    service.answer_merge(asked.id, False, by=other.actor)
    assert source.is_live and kin.asked_of(other.id) == []
    again = service.ask_merge(source.id, target.id, "Really.", by=by)
    service.answer_merge(again.id, True, by=other.actor)
    assert source.merged_into_id == target.id
    with pytest.raises(Conflict, match="lives on in"):
        service.answer_merge(again.id, True, by=other.actor)


def test_a_merge_ends_the_way_of_the_one_and_leaves_the_others(session, two, by):
    source, target = two
    for proposal in two:
        gates.start(proposal.id, by=by)
    service.ask_merge(source.id, target.id, "They are one.", by=by)
    assert gate_queries.journey_of(source.id).state == "merged"
    assert gate_queries.journey_of(target.id).state == "working"


def test_what_is_under_review_is_neither_merged_nor_split(session, two, by):
    source, target = two
    service.lock(target.id, "review", by=by)
    with pytest.raises(Conflict, match="under review"):
        service.ask_merge(source.id, target.id, "One.", by=by)
    with pytest.raises(Conflict, match="under review"):
        service.split(target.id, [service.Child("Part")], target.version, by=by)
    assert session.scalars(select(MergeRequest)).all() == []


def test_a_merge_needs_a_reason_and_two(two, by):
    source, target = two
    with pytest.raises(Invalid, match="Say why"):
        service.ask_merge(source.id, target.id, " ", by=by)
    with pytest.raises(Invalid, match="into itself"):
        service.ask_merge(source.id, source.id, "One.", by=by)


def test_of_merges_crosswise_at_once_one_is_done(together):  # noqa: F811
    run, by, _ = together
    one, other = (service.add_blank(title, by.id, by=by).id for title in ("One", "Other"))
    pairs = iter([(one, other), (other, one)] * 2)
    answers = run(lambda: service.ask_merge(*next(pairs), "They are one.", by=by).is_accepted)
    assert sorted(answer is True for answer in answers) == [False, False, False, True]
    assert db.session.scalar(select(func.count()).where(Proposal.merged_into_id.is_not(None))) == 1
    assert audit.first_broken() is None


# Split


def test_children_inherit_the_evidence_chosen_for_them_and_the_parent_goes_on(session, two, make, by):
    parent, _ = two
    service.add_account(parent.id, make.account().id, by=by)
    first, second = (line.evidence for line in lines.lines_of(parent.id))
    children = [service.Child("Count bins", [first.id]), service.Child("Count halls", [first.id, second.id])]
    made = service.split(parent.id, children, parent.version, by=by)
    assert [len(lines.lines_of(one.id)) for one in made] == [1, 2]
    assert len(lines.lines_of(parent.id)) == 2 and parent.is_live
    child = made[1]
    assert (child.parent_id, child.parent_tie, child.origin, child.type) == (
        parent.id,
        "split",
        "theme",
        "improve",
    )
    inherited = session.scalars(
        select(Evidence).filter_by(proposal_id=child.id).order_by(Evidence.id)
    ).first()
    assert (inherited.inherited_from_id, inherited.snapshot) == (first.id, first.snapshot)
    assert [one.id for one in kin.kin_of(parent).children] == [one.id for one in made]


def test_a_split_refuses_what_was_changed_meanwhile_and_children_without_a_name(two, by):
    parent, _ = two
    for children, message in (([], "at least one"), ([service.Child("A"), service.Child("a")], "same title")):
        with pytest.raises(Invalid, match=message):
            service.split(parent.id, children, parent.version, by=by)
    seen = parent.version
    service.edit(parent.id, {"value": "Gain."}, seen, by=by)
    with pytest.raises(service.Overtaken):
        service.split(parent.id, [service.Child("Part")], seen, by=by)


def test_only_what_is_in_work_is_split(two, by):
    parent, _ = two
    gates.start(parent.id, by=by)
    journey = gate_queries.journey_of(parent.id)
    for rule in journey.stage.deliverables:
        gates.set_deliverable(parent.id, rule.key, "done", by=by)
    gates.declare_ready(parent.id, by=by)
    with pytest.raises(Conflict, match="while it is in work"):
        service.split(parent.id, [service.Child("Part")], parent.version, by=by)
    gates.recall(parent.id, "To split it.", by=by)
    assert len(service.split(parent.id, [service.Child("Part")], parent.version, by=by)) == 1


# Revive


def test_a_withdrawn_proposal_is_taken_up_again_with_its_words_evidence_and_history(session, two, by, other):
    old, _ = two
    service.edit(old.id, {"value": "Gain.", "impact": 2.0}, old.version, by=by)
    service.set_estimates(old.id, {"launch_cost": Span(1, 2, 3)}, old.version, by=by)
    service.withdraw(old.id, "Too early.", by=by)
    (tie,) = (line.evidence for line in lines.lines_of(old.id))
    new = service.revive(old.id, [tie.id], "Now it is time.", by=other.actor)
    assert (new.value, new.impact, new.owner_id, new.parent_tie) == ("Gain.", 2.0, other.id, "revived")
    assert session.scalar(select(Estimate.high).filter_by(proposal_id=new.id)) == 3
    assert session.get(Theme, tie.theme_id).state == "proposed"
    sheet = queries.sheet_of(new.id)
    assert "withdrew it" in [line.what for line in sheet.past]
    assert f"took it up again from {old.label}" in [line.what for line in sheet.history]
    assert old.withdrawn_at is not None
    with pytest.raises(Conflict, match="taken up again already"):
        service.revive(old.id, [], "Twice.", by=by)


def test_what_changed_since_it_was_withdrawn_stands_beside_the_evidence(session, two, by):
    old, _ = two
    service.withdraw(old.id, "Too early.", by=by)
    (tie,) = (line.evidence for line in lines.lines_of(old.id))
    theme = session.get(Theme, tie.theme_id)
    theme.account_count += 4
    session.commit()
    new = service.revive(old.id, [tie.id], "More ask.", by=by)
    (line,) = lines.lines_of(new.id)
    assert [change.words for change in line.changes] == ["4 accounts more"]


def test_a_theme_that_works_for_another_is_left_where_it_is(session, two, manager, by):
    old, _ = two
    service.withdraw(old.id, "Too early.", by=by)
    (tie,) = (line.evidence for line in lines.lines_of(old.id))
    service.promote([tie.theme_id], manager.id, by=by)
    new = service.revive(old.id, [tie.id], "Again.", by=by)
    assert lines.lines_of(new.id) == []


def test_only_what_ended_is_taken_up_again(two, by):
    source, target = two
    with pytest.raises(Conflict, match="still worked on"):
        service.revive(source.id, [], "Again.", by=by)
    service.ask_merge(source.id, target.id, "They are one.", by=by)
    with pytest.raises(Conflict, match="lives on in"):
        service.revive(source.id, [], "Again.", by=by)


# Pages


def test_merge_split_and_revive_in_the_browser(client_of, make_theme, session):
    gates.ship()
    browser, colleague = client_of("product_manager"), client_of("product_manager")
    by = browser.user.actor
    first, second = (
        service.promote([make_theme(title).id], browser.user.id, by=by).id for title in ("Count", "Pick")
    )
    service.hand_over(second, colleague.user.id, by=by)
    assert "It lives on in" in browser.get(f"/proposals/{first}/merge").text
    where, form = f"/proposals/{first}/merge", {"target_id": second, "reason": "One."}
    assert browser.post(where, data={**form, "reason": ""}).status_code == 422
    assert browser.post(where, data=form).status_code == 303
    assert "The other owner is asked" in browser.get(f"/proposals/{first}").text
    assert "Should P-" in colleague.get("/").text
    asked = session.scalars(select(MergeRequest)).one()
    assert browser.post(f"/proposals/merges/{asked.id}", data={"answer": "agree"}).status_code == 403
    assert "Merge them" in colleague.get(f"/proposals/{first}").text
    assert colleague.post(f"/proposals/merges/{asked.id}", data={"answer": "agree"}).status_code == 303
    assert "fewer" not in browser.get(f"/proposals/{first}").text
    assert f'Merged into <a href="/proposals/{second}"' in browser.get(f"/proposals/{first}").text
    page = colleague.get(f"/proposals/{second}").text
    assert f"through P-{first}" in page and "Took in" in page
    split = f"/proposals/{second}/split"
    assert "Child 3" in colleague.get(split).text
    tie = session.scalars(select(Evidence.id).order_by(Evidence.id)).first()
    data = {"title": ["Part one", "", ""], "evidence_0": tie, "version": 0}
    assert colleague.post(split, data=data).status_code == 409
    version = session.get(Proposal, second).version
    assert colleague.post(split, data={**data, "version": version}).status_code == 303
    child = session.scalars(select(Proposal).filter_by(title="Part one")).one()
    assert "inherited" in colleague.get(f"/proposals/{child.id}").text
    service.withdraw(child.id, "No.", by=session.get(User, child.owner_id).actor)
    assert "Take it up again" in colleague.get(f"/proposals/{child.id}").text
    revive = f"/proposals/{child.id}/revive"
    assert "Evidence that comes along" in colleague.get(revive).text
    assert colleague.post(revive, data={"reason": ""}).status_code == 422
    answer = colleague.post(revive, data={"reason": "Now."})
    assert "Before, as P-" in colleague.get(answer.headers["Location"]).text
    for page in (where, split, revive):
        assert client_of("sales").post(page, data={"reason": "x"}).status_code == 403
