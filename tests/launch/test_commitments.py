"""What we promised: who may promise it, how it is forecast, who is warned, and whether it was kept."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as any_of
from sqlalchemy import func, select

from ideaflow.accounts import view
from ideaflow.audit import AuditEvent
from ideaflow.clock import now, stopped, today
from ideaflow.db import db
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.gates import service as gates
from ideaflow.launch.commitments import forecasting, forecasts, queries, service, states, watching
from ideaflow.launch.commitments.authority import Authority
from ideaflow.launch.commitments.forecasting import Ahead, Delivery, Ground, Past
from ideaflow.launch.commitments.models import Commitment, CommitmentForecast, CommitmentWarning
from ideaflow.launch.commitments.service import Draft
from ideaflow.launch.commitments.states import BINDING, LIVE, SETTLED, Event, State
from ideaflow.launch.models import Launch, LaunchCell, Offering, ReadinessTemplate
from ideaflow.market.models import Channel, Region
from ideaflow.outbox import OutgoingMail
from ideaflow.proposals.models import Proposal
from tests.gates.conftest import build_world

STAGE = Ahead("build", "Build", 40, 60)
ALIKE = Past({"build": [30, 35, 40, 45, 90]}, [0.75, 0.9, 1.0, 1.1, 2.25])


def promised(seller, account, days=10, **values):
    """Let a seller promise something on their own authority."""
    draft = {"words": "A list that never vanishes", "due_on": today() + timedelta(days=days)}
    draft |= {"authority": Authority(seller.id), "account_id": account.id}
    return service.promise(Draft(**{**draft, **values}), by=seller.actor)


def mails(*, like: str) -> int:
    query = select(func.count()).select_from(OutgoingMail).where(OutgoingMail.subject.like(like))
    return db.session.scalar(query)


@pytest.fixture
def seller(make):
    return make.user(name="Yuki Aldana", roles=["sales"])


@pytest.fixture
def manager(make):
    return make.user(name="Maren Holt", roles=["product_manager"])


@pytest.fixture
def account(make):
    make.user(name="Nia Owner", roles=["sales"])
    return make.account(name="Vantaa Freight", owner_name="Nia Owner")


@pytest.fixture
def proposal(make, manager):
    return make._add(Proposal(title="Live cycle count", owner_id=manager.id))


@pytest.fixture
def later(monkeypatch):
    """Let what every proposal will bring come between these days: ``later(50, 85)``."""

    def set_days(p50, p85):
        def source(ids, day):
            days = [day + timedelta(days=p50), None if p85 is None else day + timedelta(days=p85)]
            return dict.fromkeys(ids, Delivery(*days, Ground.STAYS, "Drawn from 9 finished stays.", 9, 7))

        monkeypatch.setitem(forecasts._sources, "proposal_id", source)

    return set_days


# --- the pure rules


@given(any_of.lists(any_of.sampled_from(Event)))
def test_only_people_settle_and_only_people_open_again(events):
    state = State.ASKED
    for event in events:
        goal = states.goal_of(state, event)
        if goal is None:
            continue
        if not event.is_ours:
            assert state in BINDING and goal in BINDING
        if state in SETTLED:
            assert event is Event.REOPEN
        if goal in BINDING and state is State.ASKED:
            assert event is Event.APPROVE
        state = goal
    assert state in LIVE or state in (*SETTLED, State.REFUSED)


@given(any_of.sampled_from(State), any_of.dates(), any_of.none() | any_of.dates(), any_of.dates())
def test_each_promise_counts_once_or_not_at_all(state, due_on, met_on, day):
    kept = states.was_kept(state, due_on, met_on, day)
    assert (kept == "") == (
        state in (State.ASKED, State.RELEASED, State.REFUSED) or (state in BINDING and due_on >= day)
    )
    if kept == "kept":
        assert met_on is not None and met_on <= due_on


def test_a_forecast_is_drawn_from_past_stays_and_the_same_each_time():
    one, again = (forecasting.forecast([STAGE], 0, ALIKE, date(2027, 1, 1), 7) for _ in range(2))
    assert one == again and one.ground is Ground.STAYS and one.count == 5
    assert one.p50_on == date(2027, 1, 1) + timedelta(days=40)
    assert one.p85_on == date(2027, 1, 1) + timedelta(days=90)
    assert one.is_later_than(date(2027, 3, 31)) and not one.is_later_than(date(2027, 4, 1))


def test_a_forecast_of_a_stage_under_way_knows_how_long_it_has_lasted():
    left = forecasting.forecast([STAGE], 42, ALIKE, date(2027, 1, 1), 7)
    assert left.p50_on in (date(2027, 1, 4), date(2027, 2, 18)) and left.p85_on == date(2027, 2, 18)
    stuck = forecasting.forecast([STAGE], 99, ALIKE, date(2027, 1, 1), 7)
    assert stuck.p85_on is None and "longer than ever before" in stuck.words


def test_too_little_history_says_so_and_keeps_to_the_plan():
    found = forecasting.forecast([STAGE, STAGE], 10, Past({"build": [30]}, [0.75]), date(2027, 1, 1), 7)
    assert found.ground is Ground.PLAN and "too few to resample" in found.words
    assert found.p50_on == date(2027, 1, 1) + timedelta(days=70)
    other = forecasting.forecast([Ahead("new", "New", 10, 20)], 0, ALIKE, date(2027, 1, 1), 7)
    assert other.ground is Ground.SLIPS


# --- promising


def test_a_seller_promises_a_visit_on_their_own_word(seller, account):
    made = promised(seller, account)
    assert made.stands is State.OPEN and made.approved_by_id == seller.id


def test_a_day_for_what_is_not_delivered_waits_for_who_delivers_it(
    session, seller, manager, account, proposal
):
    with pytest.raises(Invalid, match="no say in when"):
        promised(seller, account, sources=(("proposal_id", proposal.id),))
    asked = promised(
        seller, account, sources=(("proposal_id", proposal.id),), authority=Authority(manager.id)
    )
    assert asked.stands is State.ASKED and mails(like="Yuki Aldana wants to promise%") == 1
    with pytest.raises(Forbidden):
        service.answer(asked.id, True, "", asked.version, by=seller.actor)
    with pytest.raises(Invalid, match="Say why"):
        service.answer(asked.id, False, "", asked.version, by=manager.actor)
    service.answer(asked.id, True, "We ship in May.", asked.version, by=manager.actor)
    assert asked.stands in BINDING and asked.approved_by_id == manager.id
    assert mails(like="Yes to what you want to promise%") == 1


def test_anybody_of_a_role_may_say_yes_and_a_no_ends_it(make, seller, manager, account, proposal):
    asked = promised(seller, account, sources=(("proposal_id", proposal.id),),
                     authority=Authority(role="product_manager"))  # fmt: skip
    service.answer(asked.id, False, "Nobody knows yet.", asked.version, by=manager.actor)
    assert asked.stands is State.REFUSED
    with pytest.raises(Conflict):
        service.settle(asked.id, Event.MEET, "", asked.version, by=seller.actor)


def test_what_makes_no_sense_is_named_at_its_field(make, seller, account):
    stranger = make.contact(account_id=make.account().id)
    with pytest.raises(Invalid) as refused:
        promised(seller, account, days=-1, words=" ", contact_id=stranger.id, sources=(("item_id", 987_654),),
                 authority=Authority())  # fmt: skip
    fields = {str(one["field"]) for one in refused.value.problems}
    assert fields == {"words", "due_on", "contact_id", "item_id", "authority"}
    with pytest.raises(NotFound):
        promised(seller, account, account_id=987_654_321)


# --- the clock


def test_it_is_at_risk_when_85_percent_come_later_and_all_concerned_hear_it_once(
    session, seller, manager, account, proposal, later
):
    later(5, 8)
    made = promised(seller, account, sources=(("proposal_id", proposal.id),), authority=Authority(manager.id))
    service.answer(made.id, True, "", made.version, by=manager.actor)
    assert made.stands is State.OPEN
    later(5, 30)
    assert watching.watch() == 1 and watching.watch() == 0
    assert made.stands is State.AT_RISK and "85" in made.reason
    warned = set(
        session.scalars(select(CommitmentWarning.user_id).where(CommitmentWarning.kind == "at_risk"))
    )
    owner = session.scalar(select(CommitmentWarning.user_id).where(CommitmentWarning.kind == "at_risk",
                           CommitmentWarning.user_id.not_in([seller.id, manager.id])))  # fmt: skip
    assert warned == {seller.id, manager.id, owner} and mails(like="At risk:%") == 3
    later(2, 4)
    with stopped(now() + timedelta(days=1)):
        watching.watch()
    assert made.stands is State.OPEN and mails(like="In time again%") == 3
    made_on = session.scalars(select(CommitmentForecast.made_on).order_by(CommitmentForecast.made_on)).all()
    assert made_on == [today(), today() + timedelta(days=1)]


def test_clock_plus_8_days_escalates_each_overdue_promise_once(session, make, seller, account):
    make.user(name="Tom Wrona", roles=["administrator"])
    ones = [promised(seller, account, days=day) for day in (0, 0, 0, 20)]
    service.settle(ones[2].id, Event.MEET, "", ones[2].version, by=seller.actor)
    with stopped(now() + timedelta(days=8)):
        assert watching.watch() == 2
        assert watching.watch() == 0
    with stopped(now() + timedelta(days=9)):
        assert watching.watch() == 0
    told = session.execute(
        select(CommitmentWarning.commitment_id, func.count())
        .where(CommitmentWarning.kind == "escalated")
        .group_by(CommitmentWarning.commitment_id)
    ).all()
    assert dict(map(tuple, told)) == {
        ones[0].id: 3,
        ones[1].id: 3,
    }  # Who promised, the account's owner, above.
    assert session.scalar(select(func.count()).select_from(OutgoingMail)) == 6
    assert ones[0].stands is State.OPEN  # The clock settles nothing.


def test_a_job_that_was_killed_goes_on_and_repeats_nothing(session, seller, account, monkeypatch):
    for _ in range(3):
        promised(seller, account, days=0)
    real, calls = watching._warn_of_its_day, []

    def dies(commitment):
        calls.append(commitment.id)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(commitment)

    with stopped(now() + timedelta(days=2)):
        monkeypatch.setattr(watching, "_warn_of_its_day", dies)
        with pytest.raises(KeyboardInterrupt):
            watching.watch()
        assert mails(like="Overdue:%") == 2
        watching.watch()
    assert mails(like="Overdue:%") == 6


def test_a_promise_of_a_launch_takes_the_day_of_its_cell(client_of, make, seller, manager, account):
    proposal = make._add(Proposal(title="Dock scheduling", owner_id=manager.id))
    offering = make._add(Offering(name="Docks"))
    template = make._add(ReadinessTemplate(name="Of docks", number=1, items=[]))
    launch = make._add(
        Launch(offering_id=offering.id, proposal_id=proposal.id, name="Docks", template_id=template.id,
               tier=2, launch_on=today() + timedelta(days=30), owner_id=manager.id, currency="EUR")
    )  # fmt: skip
    channel, region = make._add(Channel(name="Direct")), make._add(Region(name="Nordics"))
    cell = make._add(LaunchCell(launch_id=launch.id, channel_id=channel.id, region_id=region.id,
                                target_amount=1, currency="EUR"))  # fmt: skip
    form = client_of("sales").get(f"/commitments/new?account_id={account.id}&cell_id={cell.id}").text
    assert "Docks: Direct in Nordics" in form and "launched on" in form
    account.region = "Nordics"
    of_card = (
        client_of("sales").get(f"/commitments/new?account_id={account.id}&proposal_id={proposal.id}").text
    )
    assert f'<option value="{cell.id}"' in of_card
    asked = promised(
        seller, account, days=20, sources=(("cell_id", cell.id),), authority=Authority(manager.id)
    )
    service.answer(asked.id, True, "", asked.version, by=manager.actor)
    assert asked.stands is State.AT_RISK
    assert queries.forecasts_of([asked.id])[asked.id].p85_on == launch.launch_on
    assert "Docks: Direct in Nordics" in client_of("sales").get(f"/commitments/{asked.id}").text


# --- what became of it


def test_a_promise_is_kept_in_time_late_or_not(session, make, seller, account):
    for days, event in ((5, Event.MEET), (1, Event.MEET), (5, Event.BREAK), (5, Event.RELEASE), (1, None)):
        made = promised(seller, account, days=days)
        with stopped(now() + timedelta(days=3)):
            if event:
                service.settle(made.id, event, "We talked.", made.version, by=seller.actor)
    with stopped(now() + timedelta(days=3)):
        whole, (mine,) = queries.rates()
        assert (mine.kept, mine.late, mine.of, mine.share) == (1, 1, 4, None)
        made = promised(seller, account)
        service.settle(made.id, Event.MEET, "", made.version, by=seller.actor)
        whole, _ = queries.rates()
    assert whole.share == 0.4
    assert [round(bound, 3) for bound in whole.span] == [0.118, 0.769]


def test_another_day_is_another_promise_and_the_old_one_counts_as_released(seller, account):
    made = promised(seller, account)
    with pytest.raises(Invalid, match="another day"):
        service.renew(made.id, made.due_on, "They agreed.", made.version, by=seller.actor)
    new = service.renew(made.id, today() + timedelta(days=40), "They agreed.", made.version, by=seller.actor)
    assert made.stands is State.RELEASED and new.follows_id == made.id and new.words == made.words
    assert new.stands is State.OPEN


def test_two_who_settle_at_once_do_not_overwrite_each_other(seller, account):
    made = promised(seller, account)
    seen = made.version
    service.settle(made.id, Event.BREAK, "It is late.", seen, by=seller.actor)
    with pytest.raises(Conflict, match=rf"version {made.version}; you saw {seen}"):
        service.settle(made.id, Event.MEET, "", seen, by=seller.actor)
    service.settle(made.id, Event.REOPEN, "Wrong line.", made.version, by=seller.actor)
    assert made.stands is State.OPEN
    with pytest.raises(Invalid):
        service.settle(made.id, Event.SLIP, "", made.version, by=seller.actor)


# --- pages


def test_a_promise_goes_from_the_account_to_kept_without_javascript(client_of, make, session):
    browser = client_of("sales")
    account = make.account(name="Vantaa Freight", owner_name=browser.user.name)
    contact = make.contact(account_id=account.id, name="Elina Koski")
    make.item(account_id=account.id)  # The queue shows once something was said.
    assert f"/commitments/new?account_id={account.id}" in browser.get(f"/accounts/{account.id}").text
    form = {"account_id": account.id, "contact_id": contact.id, "words": "A visit on site",
            "due_on": (today() - timedelta(days=1)).isoformat(),
            "authority": f"user:{browser.user.id}"}  # fmt: skip
    refused = browser.post("/commitments/", data=form)
    assert refused.status_code == 422 and "is past" in refused.text and "A visit on site" in refused.text
    made = browser.post("/commitments/", data={**form, "due_on": today().isoformat()})
    page = browser.get(made.location).text
    assert "It stands as promised" in page and "Elina Koski" in page
    one = session.scalar(select(Commitment))
    sent = {"version": one.version, "subject": "Your visit", "mail": "Hello Elina, tomorrow at nine."}
    for _ in range(2):  # Pressed twice, it is sent once.
        last = browser.post(f"/commitments/{one.id}/write", data=sent)
    assert last.status_code == 409
    mail = session.scalar(select(OutgoingMail).where(OutgoingMail.recipient == contact.email))
    assert mail.headers["Reply-To"] == browser.user.email and "tomorrow at nine" in mail.text
    with stopped(now() + timedelta(days=2)):
        watching.watch()
        assert "What became of your promise" in browser.get("/").text
        assert "overdue" in browser.get("/commitments/?view=overdue&who=mine").text
        data = {
            "version": session.get(Commitment, one.id).version,
            "event": "meet",
            "met_on": one.due_on.isoformat(),
        }
        assert browser.post(f"/commitments/{one.id}/settle", data=data).status_code == 303
        assert "1 kept in time" in browser.get("/commitments/").text
        assert "A visit on site" in browser.get("/commitments/?kept=kept").text
    found = view.views_of([account.id])[account.id].section(view.COMMITMENTS)
    assert found.entries[0].status == "met" and found.entries[0].address == f"/commitments/{one.id}"


def test_the_list_asks_the_database_as_often_for_many_as_for_few(client_of, make, account, count_queries):
    browser = client_of("sales")
    promised(browser.user, account)
    browser.get("/commitments/")

    def asked():
        with count_queries() as statements:
            assert browser.get("/commitments/").status_code == 200
        return len(statements)

    few = asked()
    for number in range(60):
        promised(browser.user, account, days=number)
    assert asked() == few
    first = browser.get("/commitments/").text
    assert "Show more" in first and first.count("data-row") == 50


def test_readers_read_and_only_those_who_may_promise_do(client_of, seller, account):
    made = promised(seller, account)
    reader = client_of("gatekeeper")
    page = reader.get(f"/commitments/{made.id}")
    assert page.status_code == 200 and "What became of it?" not in page.text
    assert reader.get("/commitments/new").status_code == 403
    assert reader.post(f"/commitments/{made.id}/settle", data={"event": "meet"}).status_code == 403


def test_what_is_promised_leaves_with_nobody(session, make, seller, manager, account, proposal):
    from ideaflow.users import handover

    other = make.user(name="Ada Heir", roles=["sales", "product_manager"])
    given = promised(seller, account)
    asked = promised(other, account, sources=(("proposal_id", proposal.id),), authority=Authority(manager.id))
    boss = make.user(roles=["administrator"])
    handover.leave(seller.id, handover.Choice(other.id), by=boss.actor)
    handover.leave(manager.id, handover.Choice(other.id), by=boss.actor)
    assert given.owner_id == other.id and asked.authority_id == other.id
    assert session.scalar(select(func.count()).where(AuditEvent.action == "commitments.hand_over")) == 1


def test_a_proposal_is_forecast_by_its_stages_until_it_ends(make, session):
    world = build_world(make)
    number = world.proposal.id
    draft = make._add(Proposal(title="Not begun", owner_id=world.owner.id))
    found = forecasts.of_proposals([number, draft.id], today())
    assert found[number].ground is Ground.PLAN and "too few to resample" in found[number].words
    assert found[number].p85_on > found[number].p50_on > today()
    assert found[draft.id].p50_on > today()
    review = world.to_gate()
    world.score(review, vote="kill")
    world.decide(review, gates.Verdict("kill", "Nobody asks any more."))
    ended = forecasts.of_proposals([number], today())[number]
    assert ended.p85_on is None and "not worked on any more" in ended.words
