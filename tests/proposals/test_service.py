"""What is done with proposals: each verb works, refuses what is wrong, and bears being repeated."""

from decimal import Decimal

import pytest
from sqlalchemy import select

from ideaflow.audit import AuditEvent
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.feedback.models import FeedbackItem
from ideaflow.proposals import queries, service
from ideaflow.proposals.models import Evidence, EvidenceSnapshot, Proposal
from ideaflow.proposals.numbers import numbers_of
from ideaflow.themes.models import Theme, ThemeMembership


@pytest.fixture
def proposal(make_theme, manager, by):
    return service.promote([make_theme().id], manager.id, by=by)


def _actions(session, proposal):
    query = select(AuditEvent.action).where(
        AuditEvent.subject_type == "proposals", AuditEvent.subject_id == proposal.id
    )
    return list(session.scalars(query.order_by(AuditEvent.id)))


# Promote


def test_a_promoted_theme_becomes_a_proposal_with_its_numbers_frozen(session, make_theme, manager, by):
    theme = make_theme("Count while picking continues", accounts=3)
    proposal = service.promote([theme.id], manager.id, by=by)
    assert (proposal.title, proposal.owner_id, proposal.label) == (
        theme.title,
        manager.id,
        f"P-{proposal.id}",
    )
    snapshot = session.scalar(select(EvidenceSnapshot).filter_by(proposal_id=proposal.id))
    assert snapshot.reason == "promoted"
    assert snapshot.numbers["account_count"] == 3
    assert Decimal(snapshot.numbers["revenue_amount"]) == 300_000
    assert session.get(Theme, theme.id).state == "proposed"
    assert _actions(session, proposal) == ["proposals.promote", "proposals.freeze"]


def test_the_theme_most_accounts_are_in_names_the_proposal(make_theme, manager, by):
    small, large = make_theme("Small", accounts=1), make_theme("Large", accounts=4)
    assert service.promote([small.id, large.id], manager.id, by=by).title == "Large"


def test_an_account_in_two_themes_counts_once(make, make_theme, say, manager, by):
    one, other = make_theme("One", accounts=2), make_theme("Other", accounts=0)
    both = make.account(revenue_amount=50_000)
    say(one, both)
    say(other, both)
    proposal = service.promote([one.id, other.id], manager.id, by=by)
    numbers = numbers_of(proposal.id)
    assert (numbers.account_count, numbers.revenue_amount) == (3, 250_000)


def test_a_theme_is_not_promoted_twice_and_the_answer_names_the_proposal(session, make_theme, manager, by):
    theme, new = make_theme(), make_theme("Another")
    proposal = service.promote([theme.id], manager.id, by=by)
    with pytest.raises(service.AlreadyProposed, match=f"is in {proposal.label} ") as caught:
        service.promote([theme.id, new.id], manager.id, by=by)
    assert caught.value.proposal.id == proposal.id
    assert session.get(Theme, new.id).state == "new"
    assert len(session.scalars(select(Proposal)).all()) == 1


def test_a_theme_merged_into_a_cited_one_is_taken_too(session, make_theme, manager, by):
    theme, survivor = make_theme(), make_theme("Survivor")
    proposal = service.promote([theme.id], manager.id, by=by)
    theme.state, theme.merged_into_id = "merged", survivor.id
    session.flush()
    assert queries.citing([survivor.id])[survivor.id].id == proposal.id
    with pytest.raises(service.AlreadyProposed):
        service.promote([survivor.id], manager.id, by=by)


@pytest.mark.parametrize("state", ["dismissed", "retired"])
def test_a_theme_out_of_triage_is_not_promoted(make_theme, manager, by, state):
    with pytest.raises(Conflict, match=state):
        service.promote([make_theme(state=state).id], manager.id, by=by)


def test_promote_needs_a_theme_that_is_there_and_an_owner_who_may(make, make_theme, manager, by):
    with pytest.raises(Invalid):
        service.promote([], manager.id, by=by)
    with pytest.raises(NotFound):
        service.promote([999_999], manager.id, by=by)
    with pytest.raises(Invalid, match="works on proposals"):
        service.promote([make_theme().id], make.user(roles=["sales"]).id, by=by)


def test_a_refused_promotion_leaves_nothing_behind(session, make, make_theme, by):
    theme = make_theme()
    with pytest.raises(Invalid):
        service.promote([theme.id], make.user(roles=["sales"]).id, by=by)
    assert session.scalars(select(Proposal)).all() == []
    assert session.get(Theme, theme.id).state == "new"


# Edit


def test_an_edit_counts_the_version_up_and_is_audited(session, proposal, make_arena, by):
    make_arena("Inventory truth")
    edited = service.edit(proposal.id, {"title": "Live cycle count", "arena": "Inventory truth"}, 1, by=by)
    assert (edited.title, edited.version) == ("Live cycle count", 2)
    event = session.scalars(select(AuditEvent).filter_by(action="proposals.edit")).one()
    assert event.before["title"] == "Count while picking continues"
    assert event.after == {"title": "Live cycle count", "arena": "Inventory truth"}


def test_the_same_edit_again_changes_nothing(session, proposal, by):
    for _ in range(2):
        edited = service.edit(proposal.id, {"title": "Live cycle count"}, 1, by=by)
    assert edited.version == 2
    assert _actions(session, proposal).count("proposals.edit") == 1


def test_two_edits_at_once_meet_in_words(proposal, make_arena, by):
    make_arena("Same")
    service.edit(proposal.id, {"title": "Theirs", "arena": "Same"}, 1, by=by)
    with pytest.raises(service.Overtaken) as caught:
        service.edit(proposal.id, {"title": "Yours", "arena": "Same"}, 1, by=by)
    error = caught.value
    assert (error.theirs, error.yours, error.version) == ({"title": "Theirs"}, {"title": "Yours"}, 2)
    assert service.edit(proposal.id, {"title": "Yours"}, error.version, by=by).title == "Yours"


@pytest.mark.parametrize(
    "changes",
    [
        {"title": " "},
        {"title": "x" * 301},
        {"type": "revolution"},
        {"strategy": "hope"},
        {"impact": 5},
        {"confidence": -0.1},
        {"confidence": float("nan")},
        {"effort_months": 0},
        {"effort_months": float("inf")},
        {"asked_amount": Decimal(-1)},
        {"asked_amount": Decimal("NaN")},
        {"asked_people": -1},
        {"owner_id": 3},
        {"is_locked": False},
        {"value": "x" * 301},
        {"problem": "x" * 20_001},
    ],
)
def test_an_edit_out_of_bounds_is_refused_and_named(proposal, by, changes):
    with pytest.raises(Invalid) as caught:
        service.edit(proposal.id, changes, 1, by=by)
    assert caught.value.problems[0]["field"] == next(iter(changes))


def test_a_score_is_set_and_can_be_emptied(proposal, by):
    assert service.set_score(proposal.id, 2, 0.79, 20, 1, by=by).effort_months == 20
    assert service.set_score(proposal.id, None, None, None, 2, by=by).impact is None


def test_what_is_not_there_cannot_be_changed(by):
    for verb in (
        lambda: service.edit(999_999, {"title": "x"}, 1, by=by),
        lambda: service.withdraw(999_999, "why", by=by),
        lambda: service.freeze(999_999, "why", by=by),
        lambda: service.lock(999_999, "why", by=by),
        lambda: service.add_theme(999_999, 1, by=by),
        lambda: service.remove_evidence(999_999, by=by),
    ):
        with pytest.raises(NotFound):
            verb()


# Locked, closed, withdrawn


def _changes(proposal, evidence_id, by):
    return (
        lambda: service.edit(proposal.id, {"title": "New"}, proposal.version, by=by),
        lambda: service.set_score(proposal.id, 1, 1, 1, proposal.version, by=by),
        lambda: service.hand_over(proposal.id, proposal.owner_id, by=by),
        lambda: service.withdraw(proposal.id, "no", by=by),
        lambda: service.add_document(proposal.id, "Spike", "https://wiki.example/spike", by=by),
        lambda: service.remove_evidence(evidence_id, by=by),
        lambda: service.lock(proposal.id, "again", by=by),
    )


@pytest.mark.parametrize("end", ["lock", "close", "withdraw"])
def test_what_is_locked_or_over_refuses_every_change(session, proposal, by, end):
    getattr(service, end)(proposal.id, "for gate 1", by=by)
    evidence_id = session.scalar(select(Evidence.id).filter_by(proposal_id=proposal.id))
    for change in _changes(proposal, evidence_id, by):
        with pytest.raises(Conflict):
            change()


def test_a_locked_proposal_can_be_frozen_and_unlocked(session, proposal, by):
    service.lock(proposal.id, "gate 1", by=by)
    assert service.freeze(proposal.id, "for gate 1", by=by).reason == "for gate 1"
    for _ in range(2):
        service.unlock(proposal.id, "decided", by=by)
    assert service.edit(proposal.id, {"title": "New"}, proposal.version, by=by).title == "New"
    assert _actions(session, proposal).count("proposals.unlock") == 1


@pytest.mark.parametrize("end", ["close", "withdraw"])
def test_an_ended_proposal_gives_its_themes_back(session, make_theme, manager, by, end):
    theme = make_theme()
    proposal = service.promote([theme.id], manager.id, by=by)
    getattr(service, end)(proposal.id, "nobody pays for it", by=by)
    assert session.get(Theme, theme.id).state == "watching"
    assert service.promote([theme.id], manager.id, by=by).id != proposal.id


def test_a_withdrawal_needs_a_reason_and_happens_once(proposal, by):
    with pytest.raises(Invalid):
        service.withdraw(proposal.id, "  ", by=by)
    assert service.withdraw(proposal.id, "Covered by P-3", by=by).withdrawn_reason == "Covered by P-3"
    with pytest.raises(Conflict, match="was withdrawn"):
        service.withdraw(proposal.id, "Covered by P-3", by=by)


def test_a_closed_proposal_is_not_frozen_any_more(proposal, by):
    service.close(proposal.id, "killed", by=by)
    service.close(proposal.id, "killed", by=by)
    with pytest.raises(Conflict):
        service.freeze(proposal.id, "late", by=by)


# Owner


def test_a_proposal_is_handed_over_once(session, make, proposal, by):
    other = make.user(name="Jon Abel")
    for _ in range(2):
        assert service.hand_over(proposal.id, other.id, by=by).owner_id == other.id
    assert _actions(session, proposal).count("proposals.hand_over") == 1


def test_nobody_gets_a_proposal_they_may_not_work_on(make, proposal, by):
    for user_id in (make.user(roles=["gatekeeper"]).id, 999_999):
        with pytest.raises(Invalid) as caught:
            service.hand_over(proposal.id, user_id, by=by)
        assert caught.value.of("owner_id")


# Evidence


def test_evidence_of_every_kind_is_added_once_and_kept_as_it_was(
    session, make, make_theme, say, proposal, by
):
    theme = make_theme("Second", accounts=1)
    account = make.account(name="Nordhavn Cold Storage")
    statement = say(make_theme("Elsewhere", accounts=0), account, "Nobody counts in December.")
    sale = make.opportunity(account_id=account.id, name="Handhelds for Nordhavn")
    for _ in range(2):
        service.add_theme(proposal.id, theme.id, by=by)
        service.add_statement(proposal.id, statement.id, note="best words", by=by)
        service.add_account(proposal.id, account.id, by=by)
        service.add_opportunity(proposal.id, sale.id, by=by)
        service.add_document(proposal.id, "Spike", "https://wiki.example/spike", by=by)
    lines = queries.sheet_of(proposal.id).lines
    assert [line.evidence.kind for line in lines] == [
        "theme", "theme", "statement", "account", "opportunity", "document",
    ]  # fmt: skip
    assert lines[2].evidence.snapshot["account"] == "Nordhavn Cold Storage"
    assert lines[2].evidence.note == "best words"
    assert _actions(session, proposal).count("proposals.add_evidence") == 5
    numbers = numbers_of(proposal.id)
    assert numbers.account_count == 4
    assert [one.name for one in numbers.added] == ["Nordhavn Cold Storage"]


def test_removed_evidence_counts_no_more_and_frees_its_theme(session, proposal, by):
    evidence = session.scalars(select(Evidence).filter_by(proposal_id=proposal.id)).one()
    for _ in range(2):
        service.remove_evidence(evidence.id, by=by)
    assert numbers_of(proposal.id).account_count == 0
    assert session.get(Theme, evidence.theme_id).state == "watching"
    assert _actions(session, proposal).count("proposals.remove_evidence") == 1
    assert service.add_theme(proposal.id, evidence.theme_id, by=by).id != evidence.id


@pytest.mark.parametrize(
    "url",
    [
        "", "wiki.example/spike", "http://wiki.example", "javascript:alert(1)", "https://", "https:///x",
        "data:text/html,x", " https:// x", "https://user@evil.example", "https://a.example/\nb", "//a.io",
        "HTTPS:a", "https://a.example/" + "x" * 2000,
    ],
)  # fmt: skip
def test_only_https_links_become_documents(proposal, by, url):
    with pytest.raises(Invalid) as caught:
        service.add_document(proposal.id, "Spike", url, by=by)
    assert caught.value.of("url")


def test_a_withdrawn_statement_is_no_evidence(session, make, say, make_theme, proposal, by):
    statement = say(make_theme("Elsewhere", accounts=0), make.account())
    item = session.get(FeedbackItem, statement.item_id)
    item.withdrawn_at = item.said_at
    session.flush()
    with pytest.raises(NotFound):
        service.add_statement(proposal.id, statement.id, by=by)


def test_evidence_that_is_not_there_is_refused(proposal, by):
    for add in (service.add_theme, service.add_statement, service.add_account, service.add_opportunity):
        with pytest.raises(NotFound):
            add(proposal.id, 999_999, by=by)


def test_a_merged_theme_stands_for_the_one_it_lives_on_in(session, make, make_theme, say, manager, by):
    theme, survivor = make_theme(accounts=2), make_theme("Survivor", accounts=1)
    proposal = service.promote([theme.id], manager.id, by=by)
    for membership in session.scalars(select(ThemeMembership).filter_by(theme_id=theme.id)):
        membership.theme_id = survivor.id
    theme.state, theme.merged_into_id = "merged", survivor.id
    session.flush()
    assert numbers_of(proposal.id).account_count == 3
    assert queries.listing(queries.Filters()).rows[0].account_count == 3


# Begin without a theme


def test_a_blank_proposal_waits_for_evidence(make, manager, by):
    proposal = service.add_blank("  Drone  inventory ", manager.id, by=by)
    assert proposal.title == "Drone inventory"
    child = service.add_blank("Second try", manager.id, parent_id=proposal.id, by=by)
    assert [one.id for one in queries.sheet_of(proposal.id).kin.children] == [child.id]
    with pytest.raises(Invalid):
        service.add_blank(" ", manager.id, by=by)
    with pytest.raises(NotFound):
        service.add_blank("Third", manager.id, parent_id=999_999, by=by)
