"""The page of a launch: which cell can sell, the one thing that holds it, and who is first."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from ideaflow.clock import now, stopped, today
from ideaflow.errors import Conflict, Invalid
from ideaflow.gates.models import Journey, StageRun
from ideaflow.launch import moves, releasing
from ideaflow.launch.matrix import reading
from ideaflow.launch.models import CheckEvidence, CheckStanding, CheckTurn, LaunchCell, ReadinessCheck
from ideaflow.market.models import ExchangeRate
from ideaflow.outbox import OutgoingMail
from ideaflow.proposals import service as proposals
from ideaflow.themes.models import Theme, ThemeState

FIRM = {"kind": "announced", "sureness": 0.7, "until_on": None, "source": "", "url": "", "theme_id": None}


@pytest.fixture
def launch(session, make):
    """Two channels in two regions, every check of every cell green."""
    by = make.user()
    found = make.launch(
        [make.channel(), make.channel(is_partner=True)], [make.region(), make.region()], by=by
    )
    pass_all(session, found)
    return found


def standings(session, launch):
    query = select(CheckStanding).join(CheckStanding.check).where(ReadinessCheck.launch_id == launch.id)
    return session.scalars(query.order_by(CheckStanding.id)).all()


def cells(session, launch):
    query = select(LaunchCell).where(LaunchCell.launch_id == launch.id).order_by(LaunchCell.id)
    return session.scalars(query).all()


def pass_all(session, launch):
    for one in standings(session, launch):
        one.is_passed, one.is_measured, one.share = True, True, 1.0
        one.since_at = one.first_passed_at = now() - timedelta(days=3)
        session.add(CheckTurn(standing_id=one.id, is_passed=True, share=1.0, turned_at=one.since_at))
    for cell in cells(session, launch):
        cell.is_ready, cell.readiness_share, cell.ready_since_at = True, 1.0, now() - timedelta(days=3)
    session.commit()


def turn_red(session, launch, key, cell, words="price entry inactive"):
    check = session.scalar(
        select(ReadinessCheck).where(ReadinessCheck.launch_id == launch.id, ReadinessCheck.key == key)
    )
    one = session.scalar(
        select(CheckStanding).where(CheckStanding.check_id == check.id, CheckStanding.cell_id == cell.id)
    )
    one.is_passed, one.share, one.words, one.since_at = False, 0.0, words, now()
    one.facts = {"at": now().isoformat()}
    session.add(CheckTurn(standing_id=one.id, is_passed=False, share=0.0, words=words, turned_at=now()))
    cell.is_ready, cell.ready_since_at = False, None
    session.commit()
    return check


def test_one_inactive_price_entry_turns_exactly_that_cell_red_with_its_moment(
    session, make, launch, client_of
):
    cell, moment = cells(session, launch)[2], now()
    with stopped(moment):
        turn_red(session, launch, "price_entry", cell)
        page = client_of("product_manager").get(f"/launches/{launch.id}").text
        inside = client_of("sales").get(f"/launches/{launch.id}/cells/{cell.id}").text
    assert "3 of 4</span> cells can sell" in page
    assert page.count('class="if-cell stop"') + page.count('class="if-cell watch"') == 1
    assert f"Price entry inactive since {moment:%H:%M}" in page
    assert f"inactive since {moment:%H:%M}, was green before" in page
    assert "1 check holds 1 cell and €100" in page
    assert f"inactive since {moment:%H:%M}" in inside and "turned red" in inside


def test_page_asks_the_database_as_often_for_many_cells_as_for_one(session, make, client_of, count_queries):
    pm = client_of("product_manager")

    def asked(launch):
        move = proposals.keep_move(
            {
                **FIRM,
                "competitor": f"Stowline {launch.id}",
                "title": "Docks",
                "begins_on": today() + timedelta(30),
            },
            by=pm.user.actor,
        )
        moves.tie(launch.id, move.id, by=pm.user.actor)
        pm.get(f"/launches/{launch.id}")
        with count_queries() as statements:
            assert pm.get(f"/launches/{launch.id}").status_code == 200
        return len(statements)

    few = asked(make.launch())
    many = asked(make.launch([make.channel() for _ in range(4)], [make.region() for _ in range(5)]))
    assert many <= few + 1


def test_targets_in_other_currencies_are_added_by_the_dated_table_and_say_so(
    session, make, launch, client_of
):
    first, second, *_ = cells(session, launch)
    first.target_amount, first.currency = Decimal(200_000), "USD"
    second.currency = "CHF"
    rate = {"base": "USD", "currency": "EUR", "rate_on": today(), "rate": Decimal("0.5"), "source": "ECB"}
    session.add(ExchangeRate(**rate, said_at=now()))
    session.commit()
    page = client_of("product_manager").get(f"/launches/{launch.id}").text
    assert "of €300" in page  # 100 k from dollars, two of 100 k; francs have no rate.
    assert "1 USD = 0.5000 EUR" in page and "no rate from CHF to EUR" in page
    assert "1 cell is in no sum" in page


def test_race_shows_who_is_first_and_the_sales_that_name_them(session, make, launch, client_of):
    pm = client_of("product_manager")
    account = make.account()
    sale = make.opportunity(account_id=account.id, name="Docks instead of Stowline", amount=40_000)
    other = make.opportunity(account_id=account.id, name="Docks", amount=30_000)
    item = make.item(account_id=account.id, opportunity_id=other.id, text="Stowline showed us docks.")
    make.statement(item)
    make.opportunity(account_id=account.id, name="Stowlines of old", amount=90_000)
    form = {
        "competitor": "Stowline", "title": "Dock booking", "kind": "announced", "sureness": "70 %",
        "begins_on": launch.launch_on + timedelta(30), "until_on": launch.launch_on + timedelta(60),
        "source": "trade fair talk", "launch": launch.id,
    }  # fmt: skip
    assert pm.post("/race/new", data=form).status_code == 303
    page = pm.get(f"/launches/{launch.id}").text
    assert "4 ready cells" in page and "(confidence .70, trade fair talk)" in page
    assert "2 open opportunities name" in page and "€70" in page
    listed = pm.get("/race/exposed?competitor=Stowline").text
    assert sale.name in listed and "showed us docks" in listed and "Stowlines of old" not in listed
    assert launch.name in pm.get("/race/").text


def test_a_race_goes_on_when_its_themes_are_merged(session, make, launch):
    by = make.user().actor
    lives, cited, elsewhere = (session.merge(Theme(title=f"Docks {number}")) for number in range(3))
    session.flush()
    proposals.add_theme(launch.proposal_id, cited.id, by=by)
    known = {**FIRM, "title": "Docks", "begins_on": today() + timedelta(30)}
    for theme, name in ((lives, "Stowline"), (cited, "Palleto"), (elsewhere, "Rampworks")):
        proposals.keep_move({**known, "competitor": name, "theme_id": theme.id}, by=by)
    assert {one.competitor for one in moves.moves_of(launch)} == {"Palleto"}
    for theme, into in ((cited, lives), (elsewhere, cited)):
        theme.state, theme.merged_into_id = ThemeState.MERGED, into.id
        session.flush()
        assert "Stowline" in {one.competitor for one in moves.moves_of(launch)}
    assert {one.competitor for one in moves.moves_of(launch)} == {"Stowline", "Palleto", "Rampworks"}


def test_what_we_believed_of_a_competitor_stays_readable(session, make, client_of):
    pm = client_of("product_manager")
    values = {**FIRM, "competitor": "Stowline", "title": "Docks", "begins_on": today() + timedelta(30)}
    move = proposals.keep_move({**values, "kind": "rumour", "sureness": 0.3}, by=pm.user.actor)
    proposals.edit_move(move.id, {**values, "sureness": 0.9}, 1, by=pm.user.actor)
    page = pm.get(f"/proposals/moves/{move.id}").text
    believed = page[page.index("What we believed") :]
    assert believed.index("Announced") < believed.index("Rumour") and "30" in believed
    refused = pm.post(f"/proposals/moves/{move.id}", data={**values, "version": 2, "theme_id": "999999"})
    assert refused.status_code == 422 and "no theme with this number" in refused.text


def test_ready_cells_are_released_on_the_day_and_one_can_be_taken_back(session, make, launch, monkeypatch):
    by = make.user().actor
    monkeypatch.setattr(releasing, "measure", lambda *_: [])  # The checks stand as they were set.
    with pytest.raises(Conflict, match=r"Launch day is .* in 60 days"):
        releasing.release_ready(launch.id, by=by)
    launch.launch_on = today()
    turn_red(session, launch, "price_entry", cells(session, launch)[0])
    assert len(releasing.release_ready(launch.id, by=by)) == 3
    assert launch.state == "launched" and launch.launched_at is not None
    with pytest.raises(Conflict, match="No cell can be released"):
        releasing.release_ready(launch.id, by=by)
    on_sale = [one for one in cells(session, launch) if one.released_at]
    with pytest.raises(Invalid, match="why it is taken back"):
        releasing.roll_back(on_sale[0].id, on_sale[0].version, " ", of=launch.id, by=by)
    with pytest.raises(Conflict, match="changed meanwhile"):
        releasing.roll_back(on_sale[0].id, 1, "wrong price", of=launch.id, by=by)
    for one in on_sale:
        releasing.roll_back(one.id, one.version, "wrong price", of=launch.id, by=by)
    assert launch.state == "planned"


def test_room_and_history_tell_what_turned_and_what_people_did(session, make, launch, client_of):
    launch.launch_on = today()
    turn_red(session, launch, "price_entry", cells(session, launch)[0])
    pm, seller = client_of("product_manager"), client_of("sales")
    room = pm.get(f"/launches/{launch.id}/room").text
    assert "Launch 3 ready cells" in room and "Price entry active turned red" in room
    assert "Launch 3 ready cells" not in seller.get(f"/launches/{launch.id}/room").text
    events = pm.get(f"/launches/{launch.id}/room/events").text
    stamp = events.split("id: ")[1].split()[0]
    assert "nothing new" in pm.get(f"/launches/{launch.id}/room/events?last={stamp}").text
    past = pm.get(f"/launches/{launch.id}/past").text
    assert "Price entry active turned red: price entry inactive" in past and "planned the launch" in past
    assert "Show earlier" in past


def test_launch_without_cells_says_what_to_do(session, make, launch, client_of):
    for cell in cells(session, launch):
        cell.removed_at = now()
    session.commit()
    page = client_of("product_manager").get(f"/launches/{launch.id}").text
    assert "This launch has no cell yet." in page
    assert client_of("sales").get("/launches/999999").status_code == 404


def test_proposal_on_its_way_races_by_what_its_stages_took_before(session, make, client_of):
    pm = client_of("product_manager")
    proposal = make.passed_proposal()
    journey = session.get(Journey, proposal.id)
    journey.state = "working"
    stay = {"proposal_id": proposal.id, "stage_key": journey.stage_key, "entered_at": now(), "iteration": 9}
    session.add(StageRun(**stay))
    values = {
        **FIRM,
        "competitor": "Stowline",
        "title": "Docks",
        "begins_on": today() + timedelta(20),
        "sureness": 1.0,
    }
    move = proposals.keep_move(values, by=pm.user.actor)
    proposals.add_move(proposal.id, move.id, by=pm.user.actor)
    assert "first" not in pm.get("/race/").text.split("Touches")[1]  # Nobody passed this stage before.
    for days in (5, 10, 10, 30, 40):
        past = {**stay, "proposal_id": make.passed_proposal().id, "exit_reason": "go"}
        session.add(StageRun(**{**past, "entered_at": now() - timedelta(days), "exited_at": now()}))
    session.commit()
    assert "first .6" in pm.get("/race/").text  # Three of five stays end before day 20.


def test_owner_of_a_blocked_check_is_asked_once_a_day(session, make, launch, client_of):
    pm, owner = client_of("product_manager"), make.user()
    check = turn_red(session, launch, "price_entry", cells(session, launch)[0])
    address = f"/launches/{launch.id}/checks/{check.id}/nudge"
    assert pm.post(address).status_code == 409  # Nobody carries it.
    check.owner_id = owner.id
    session.commit()
    assert "Remind Maren" in pm.get(f"/launches/{launch.id}").text
    shown = {"url": "https://files.fernhall.example/a", "added_by_id": owner.id, "added_at": now()}
    session.add(CheckEvidence(check_id=check.id, **shown))
    session.commit()
    assert "Check it" in pm.get(f"/launches/{launch.id}").text  # A second person helps more than a mail.
    assert pm.post(address, data={"what": "ask"}).status_code == 303
    mail = session.scalar(select(OutgoingMail).where(OutgoingMail.recipient == owner.email))
    assert "From which day" in mail.subject and "- Direct" in mail.text
    assert pm.post(address, data={"what": "ask"}).status_code == 409
    assert pm.post(f"/launches/{launch.id + 1}/checks/{check.id}/nudge").status_code == 404


def test_slips_are_of_checks_that_were_waited_for(session, make, launch):
    assert reading.past_slips().count == 0  # All were true before the launch was planned.
    launch.created_at = now() - timedelta(days=90)
    one = standings(session, launch)[0]
    one.first_passed_at = None
    session.commit()
    checks = len({one.check_id for one in standings(session, launch)})
    assert reading.past_slips().count == checks - 1  # One has a cell that never passed.
