"""A promise from the phone call to kept, and somebody who leaves: seen, heard by axe, done with clicks."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from ideaflow.clock import now, today
from ideaflow.db import db
from ideaflow.launch.commitments.models import Commitment, CommitmentForecast
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User
from tests.browser.looking import Site, assert_sound_in_all_looks
from tests.factories import Factory

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def scene(site: Site) -> dict[str, object]:
    with site.app.app_context():
        make = Factory(db.session)
        seller = make.user(name="Yuki Aldana", roles=["sales"])
        boss, manager = make.user(name="Tom Wrona", roles=["administrator"]), make.user(name="Maren Holt")
        account = make.account(name="Vantaa Freight", owner_name="Yuki Aldana")
        contact = make.contact(account_id=account.id, name="Elina Koski")
        proposal = make._add(Proposal(title="Live cycle count", owner_id=manager.id))
        risk = make._add(
            Commitment(
                account_id=account.id, contact_id=contact.id, words="A list that never vanishes",
                due_on=today() + timedelta(days=20), owner_id=seller.id, authority_id=manager.id,
                approved_by_id=manager.id, approved_at=now(), state="at_risk", state_since=now(),
                reason="The forecast says half by May.", proposal_id=proposal.id,
            )
        )  # fmt: skip
        make._add(
            CommitmentForecast(
                commitment_id=risk.id, made_on=today(), p50_on=today() + timedelta(days=15),
                p85_on=today() + timedelta(days=40), ground="stays", words="Drawn from 9 stays.", seed=7,
            )
        )  # fmt: skip
        found = {"seller": seller, "boss": boss, "account": account.id, "risk": risk.id}
        for one in found.values():
            if isinstance(one, User):
                db.session.refresh(one)
                db.session.expunge(one)
        db.session.commit()
        return found


def test_a_seller_promises_warns_the_customer_and_keeps_it(site, scene):
    page, errors = site.open("/commitments/", as_user=scene["seller"])
    assert_sound_in_all_looks(page, errors, "commitments")
    page.goto(f"{site.url}/commitments/{scene['risk']}")
    assert_sound_in_all_looks(page, errors, "commitment-at-risk")
    page.get_by_role("button", name="I have read it, send it").click()
    expect(page.get_by_text("It is on its way to")).to_be_visible()
    page.goto(f"{site.url}/accounts/{scene['account']}")
    page.get_by_role("link", name="Promise something").click()
    assert_sound_in_all_looks(page, errors, "commitment-new")
    page.get_by_label("What we promise").fill("A visit on site")
    page.get_by_label("By when").fill((today() + timedelta(days=5)).isoformat())
    page.get_by_role("button", name="Promise it").click()
    expect(page.get_by_text("It binds us now.")).to_be_visible()
    page.get_by_text("What became of it?").click()
    page.get_by_role("button", name="Say it").click()
    expect(page.get_by_text("It is met now.")).to_be_visible()
    page.goto(f"{site.url}/commitments/?kept=kept")
    expect(page.get_by_role("link", name="A visit on site")).to_be_visible()
    assert errors == []


def test_an_administrator_looks_and_hands_over(site, scene):
    page, errors = site.open(f"/users/{scene['seller'].id}/leave", as_user=scene["boss"])
    assert_sound_in_all_looks(page, errors, "leave")
    page.get_by_label("One for everything").select_option(label="Tom Wrona")
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_role("heading", name="What will happen")).to_be_visible()
    assert_sound_in_all_looks(page, errors, "leave-summary")
    page.get_by_role("button", name="Hand over and close the door").click()
    expect(page.get_by_text("cannot sign in any more")).to_be_visible()
    assert errors == []
