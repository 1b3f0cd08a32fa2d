"""What the view of a customer tells of their words: how far each has come, milestones, renewal risk."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from ideaflow import clock
from ideaflow.accounts import milestones, owners, renewal, view
from ideaflow.accounts.asks import Status
from ideaflow.accounts.models import Account
from ideaflow.audit import SYSTEM
from ideaflow.clock import now, today
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.gates.models import Journey
from ideaflow.ideas.models import Idea, Support
from ideaflow.loop import raised, renewals, service
from ideaflow.loop.outcomes import of_review
from ideaflow.users.policy import Role, rights_of
from tests.loop.conftest import IN_MARCH


def asked(account_id, key=view.ASKS):
    return view.views_of([account_id], only=[key])[account_id].section(key)


def _designed(ways, proposal, contact):
    held = ways._add(
        CodesignSession(
            proposal_id=proposal.id, title="Which first?", instrument="maxdiff", definition={}, seed=1,
            state="closed", opened_at=now(), closes_at=now(), closed_at=now(),
        )
    )  # fmt: skip
    ways._add(Participant(session_id=held.id, contact_id=contact.id, seed=1, is_done=True))
    return held


def test_an_ask_goes_from_heard_to_told_each_step_in_its_own_words(ways, people):
    me, staff = people[0], ways.user().actor

    def status():
        (one,) = asked(me.account_id).entries
        assert one.words == "Two halls stop."
        return one.status, one.status_words

    mine = ways.said(me, said_at=IN_MARCH)
    assert status() == ("heard", "heard")
    theme = ways.theme(*people[1:])
    ways.put(mine, theme)
    assert status() == ("grouped", "grouped with others")
    proposal = ways.proposal(theme)
    assert status() == ("in_proposal", "in a proposal")
    review = ways.decided(proposal, "go")
    assert status() == ("decided", "decided")
    _designed(ways, proposal, me)
    assert status() == ("designed", "designed with customers")
    proposal.closed_at = now()
    ways.session.get_one(Journey, proposal.id).state = "launched"
    ways.session.commit()
    assert status() == ("launched", "launched")
    service.write_words(of_review(review.id), "You count one bin from now on.", 0, by=staff)
    with clock.stopped(now() + timedelta(hours=1)):
        service.tell(of_review(review.id), [me.id], {}, 1, by=staff)
    assert status() == ("told", "launched and told")

    timeline = asked(me.account_id, view.TIMELINE).entries
    kinds = [one.kind for one in timeline]
    assert kinds == sorted(kinds, key=milestones.ORDER.index)
    assert set(kinds) == {"theme", "proposal", "decision", "codesign", "launch", "told"}

    ways.said(me, theme, text="Two halls stop.", said_at=now() + timedelta(days=1))
    (one,) = asked(me.account_id).entries
    assert (one.status, one.status_words) == ("grouped", "launched, said again")


@pytest.mark.parametrize(
    ("decision", "status"), [("kill", "not_now"), ("hold", "later"), ("recycle", "in_proposal")]
)
def test_what_is_not_built_says_so(ways, people, decision, status):
    theme = ways.theme(people[0])
    ways.decided(ways.proposal(theme), decision)
    (one,) = asked(people[0].account_id).entries
    assert one.status == status
    assert one.sentence.startswith("said once; P-")


def test_ideas_and_support_are_asks_too_and_hidden_ones_only_moderators_see(ways, people):
    me, other = people[0], people[1]
    for title, hidden_at in (("Scan twice", None), ("Rude words", now())):
        idea = ways._add(
            Idea(
                title=title, contact_id=other.id, account_id=other.account_id, posted_at=now(),
                status="planned", hidden_at=hidden_at, hidden_reason="insults" if hidden_at else "",
            )
        )  # fmt: skip
        ways._add(
            Support(
                idea_id=idea.id, contact_id=me.id, account_id=me.account_id, importance="must",
                given_at=now(),
            )
        )  # fmt: skip
    whole = view.views_of([me.account_id])[me.account_id]
    seen = {
        role: view.masked(whole, rights_of([role])).section(view.ASKS) for role in (Role.SALES, Role.SERVICE)
    }
    assert {one.title for one in seen[Role.SERVICE].entries} == {"Scan twice", "Rude words"}
    (one,) = seen[Role.SALES].entries
    assert (one.title, one.status, seen[Role.SALES].count) == ("Scan twice", Status.DECIDED, 1)
    assert one.sentence.startswith("must have")


def test_each_step_of_the_rule_has_words_and_a_place():
    from ideaflow.accounts.asks import path_of

    for status in Status:
        places = [place for _, place in path_of(status)]
        assert status.words and sum(place in ("now", "stop") for place in places) == 1


def test_a_near_renewal_with_open_themes_ranks_above_an_equal_one_far_away(ways):
    def customer(days, themes, **values):
        account = ways.account(renews_on=today() + timedelta(days=days), **values)
        contact = ways.contact(account_id=account.id)
        for _ in range(themes):
            ways.said(contact, ways.theme(contact))
        return account

    soon, far = customer(60, 2), customer(400, 2)
    calm, overdue, larger = customer(60, 0), customer(-5, 1), customer(60, 2, revenue_amount=900_000)
    found = renewals.at_risk()
    assert [one.account.id for one in found.rows] == [larger.id, soon.id, overdue.id]
    assert {far.id, calm.id}.isdisjoint(one.account.id for one in found.rows)
    assert renewals.counts_at_risk(ways.user(name="Nobody")) == (3, 0)
    for one in found.rows:  # The database counts as the rule does.
        assert one.risk == renewal.risk_of((one.account.renews_on - today()).days, one.themes)
    (entry,) = asked(soon.id, view.RISK).entries
    assert (entry.status, entry.sentence[:16]) == ("high", "Renews in 60 day")
    assert entry.sentence.endswith("2 themes they raised are open, 2 of them press.")
    assert asked(far.id, view.RISK).entries[0].status == "none"

    first = renewals.at_risk(size=1)
    second = renewals.at_risk(after=first.after, size=1)
    assert [page.rows[0].account.id for page in (first, second)] == [larger.id, soon.id]


def test_what_was_said_once_or_long_ago_weighs_less_than_what_is_said_again_and_again(ways):
    def customer(*moments):
        account = ways.account(renews_on=today() + timedelta(days=60))
        contact = ways.contact(account_id=account.id)
        for said in moments:
            theme = ways.theme()
            for moment in said:
                ways.said(contact, theme, said_at=moment)
        return account

    long_ago = now() - timedelta(days=200)
    again, once = customer([long_ago, now()]), customer([now()], [now()])
    old, twice_at_once = customer([long_ago, long_ago]), customer()
    case = ways.case(account_id=twice_at_once.id)
    theme = ways.theme()
    for _ in range(2):  # Two parts of one case are one thing told.
        speaker = ways.contact(account_id=twice_at_once.id)
        ways.said(speaker, theme, case_id=case.id)
    found = {one.account.id: (one.themes, one.level[0]) for one in renewals.at_risk().rows}
    assert found == {
        again.id: (renewal.Open(1, 1), "some"),
        once.id: (renewal.Open(2, 0), "low"),
        old.id: (renewal.Open(1, 0), "low"),
        twice_at_once.id: (renewal.Open(1, 0), "low"),
    }
    assert next(one.account.id for one in renewals.at_risk().rows) == again.id


def test_a_theme_is_open_until_its_launch_and_again_when_said_again(ways, people):
    me, theme = people[0], ways.theme(people[0])
    proposal = ways.proposal(theme)
    ways.decided(proposal, "go")
    assert raised.unsolved_counts([me.account_id])[me.account_id].count == 1
    proposal.closed_at = now()
    ways.session.get_one(Journey, proposal.id).state = "launched"
    ways.session.commit()
    assert raised.unsolved_counts([me.account_id]) == {}
    ways.said(me, theme, said_at=now() + timedelta(days=1))
    assert raised.unsolved_counts([me.account_id])[me.account_id].count == 1
    theme.state = "dismissed"
    ways.session.commit()
    assert raised.unsolved_counts([me.account_id]) == {}


def test_sellers_and_product_managers_are_told_of_the_most_urgent_renewal(ways, client_of):
    seller = client_of("sales")
    account = ways.account(
        name="Vantaa Freight", renews_on=today() + timedelta(days=20), owner_name=seller.user.name
    )
    contact = ways.contact(account_id=account.id)
    for _ in range(2):
        ways.said(contact, ways.theme(contact))
    assert "Vantaa Freight may not renew" in seller.get("/").text
    page = seller.get("/accounts/renewals?of=me").text
    assert "Vantaa Freight" in page and "in 20 days" in page
    other = client_of("sales")
    assert "may not renew" not in other.get("/").text
    owners.stand_in(Account, account.id, seller.user, other.user, by=SYSTEM)
    page = other.get("/accounts/renewals?of=me").text
    assert "Vantaa Freight" in page and other.user.name in page and seller.user.name not in page
    other = client_of("sales")
    assert "No renewal is at risk" in other.get("/accounts/renewals?of=me").text


def test_ten_thousand_accounts_cost_as_many_questions_as_two(ways, session, client_of, count_queries):
    browser = client_of("product_manager")
    with count_queries() as before:
        browser.get("/accounts/renewals")
    _many(session, 10_000)
    with count_queries() as after:
        page = browser.get("/accounts/renewals")
    assert page.text.count("data-row") == 50
    assert len(after) == len(before)

    ids = session.scalars(text("SELECT id FROM accounts ORDER BY id DESC LIMIT 300")).all()
    view.views_of(ids[:1])  # Loaded once, so that both ask alike.
    with count_queries() as for_one:
        view.views_of(ids[:1])
    with count_queries() as for_many:
        view.views_of(ids)
    assert len(for_many) == len(for_one)


def _many(session, count):
    """Add accounts that renew soon, each with one thing said in one theme."""
    for statement in (
        "INSERT INTO themes (title) VALUES ('Halls stop')",
        "INSERT INTO accounts (name, name_key, kind, renews_on, revenue_amount) "
        "SELECT 'Many ' || n, 'many ' || n, 'customer', current_date + n % 170, n "
        f"FROM generate_series(1, {count}) n",
        "INSERT INTO feedback_items (text, part, source, source_id, said_at, account_id) "
        "SELECT 'Two halls stop.', 'text', 'many', id::text, now(), id FROM accounts "
        "WHERE name LIKE 'Many %'",
        "INSERT INTO statements (item_id, position, text, begins_at, ends_at) "
        "SELECT id, 0, text, 0, length(text) FROM feedback_items WHERE source = 'many'",
        "INSERT INTO theme_memberships (statement_id, theme_id, strength, likeness) "
        "SELECT s.id, (SELECT max(id) FROM themes), 1, 1 FROM statements s "
        "JOIN feedback_items i ON i.id = s.item_id WHERE i.source = 'many'",
        # As the database does by itself within a minute; before, it takes these tables for empty.
        "ANALYZE themes, accounts, feedback_items, statements, theme_memberships",
    ):
        session.execute(text(statement))
    session.commit()
