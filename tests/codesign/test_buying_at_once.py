"""Many buy at once over HTTP: no budget is overspent, no ballot counts double, no answer is a crash."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from ideaflow.accounts.models import Contact
from ideaflow.codesign.models import Ballot, Participant, Pot, Purse
from ideaflow.db import db
from tests.codesign import buyers

BUDGET = 96


@pytest.fixture
def shop(served):
    def open_for(accounts: int, people: int) -> dict[str, object]:
        held = served.ask.open("buying")
        asked = served.ask.invite(held, *served.ask.accounts(accounts), people=people)
        cookies = [served.cookie(one) for one in asked]
        address = f"{served.address}/portal/design/{held.id}"
        db.session.commit()
        return {"address": address, "cookies": cookies}

    return open_for


def _assert_nothing_overflowed(people: int) -> None:
    """Make sure that purses, pots and ballots tell the same sums, and none too much."""
    db.session.expire_all()
    spent = {one.account_key: one.spent for one in db.session.scalars(select(Purse))}
    assert max(spent.values()) <= BUDGET
    by_account, by_option = dict.fromkeys(spent, 0), dict[str, int]()
    rows = db.session.execute(
        select(Ballot.answers, Ballot.participant_id, Contact.account_id)
        .join(Participant, Participant.id == Ballot.participant_id)
        .join(Contact, Contact.id == Participant.contact_id)
    ).all()
    assert len({one.participant_id for one in rows}) == len(rows) <= people
    for answers, _, account in rows:
        for option, amount in answers["solo"].items():
            by_account[str(account)] += amount
            by_option[option] = by_option.get(option, 0) + amount
    assert by_account == spent
    assert by_option == {one.option_key: one.pledged for one in db.session.scalars(select(Pot))}
    assert set(spent.values()) == {BUDGET}, "what was left went to the next colleague"


def test_colleagues_who_buy_at_once_never_overspend(shop):
    work, seen = shop(4, 4), list[int]()
    with ThreadPoolExecutor(8) as pool:
        # Colleagues stand next to each other, so that they meet at their purse.
        list(pool.map(lambda cookie: buyers.buy(work["address"], cookie, seen), work["cookies"]))
    assert not [code for code in seen if code >= 500]
    _assert_nothing_overflowed(16)


@pytest.mark.slow
def test_sixty_four_processes_and_two_thousand_ballots_never_overspend(shop):
    work = shop(500, 4)
    processes = []
    for number in range(64):
        one = subprocess.Popen(
            [sys.executable, buyers.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        one.stdin.write(json.dumps({**work, "cookies": work["cookies"][number::64]}) + "\n")
        one.stdin.flush()
        processes.append(one)
    seen = [code for one in processes for code in json.loads(one.communicate(timeout=1800)[0])]
    assert not [code for code in seen if code >= 500]
    _assert_nothing_overflowed(2_000)
