"""What a dump of the database can tell of anonymous ballots: who took part, and nothing of who said what."""

import json
import re
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text

from ideaflow.app import create_app
from ideaflow.codesign import answering, casting, closing, queries, sealing
from ideaflow.codesign.models import AnonymousBallot, BallotBox
from ideaflow.codesign.reckoning import coarse
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.errors import Unavailable
from tests.codesign.answering import SECRET, Round
from tests.factories import Factory


@pytest.fixture
def held_for_real(fresh_database: str, tmp_path: Path):
    """An anonymous session with 24 voters of 12 accounts, each ballot in a transaction that was committed."""
    settings = Settings(home=tmp_path, database_url=fresh_database, secret_key=SECRET)
    app = create_app(settings, {"TESTING": True})
    with app.app_context():
        ask = Round(Factory(db.session), db.session)
        held = ask.open(mode="anonymous")
        made = ask.accounts(7, "3PL") + ask.accounts(4, "Retail") + ask.accounts(1, "Pharma")
        people = ask.invite(held, *made, people=2)
        order = list(range(len(people)))
        Random(3).shuffle(order)
        for n in order:
            ask.cast(people[n], n)
        yield ask, held
        db.session.remove()
        db.engine.dispose()


def _system_columns(table: str) -> list[tuple[str, str]]:
    """Return place and transaction of each row, as PostgreSQL keeps them beside its columns."""
    return [tuple(row) for row in db.session.execute(text(f"SELECT ctid::text, xmin::text FROM {table}"))]


def _rows(table: str) -> list[dict]:
    return [dict(row) for row in db.session.execute(text(f"SELECT * FROM {table} ORDER BY ctid")).mappings()]


@pytest.mark.usefixtures("held_for_real")
def test_before_the_close_the_box_tells_nobody_from_another():
    assert (
        len(_system_columns("codesign_ballot_boxes")) == 1
    )  # One row: no place, no transaction of a ballot.
    (box,) = _rows("codesign_ballot_boxes")
    assert len(box["sealed"]) == len(box["receipts"]) == 24
    assert box["sealed"] == sorted(box["sealed"]) and box["receipts"] == sorted(box["receipts"])
    assert len({len(one) for one in box["sealed"]}) == 1  # Not even the length differs.
    assert "best" not in json.dumps(box["sealed"])
    assert _rows("codesign_ballots") == _rows("codesign_anonymous_ballots") == []
    for one in _rows("codesign_participants"):
        assert one["is_done"] and not (one["draft"] or one["started_at"] or one["done_at"])


def test_after_the_close_no_column_place_or_transaction_joins_voter_and_ballot(held_for_real):
    ask, held = held_for_real
    ask.result(held)
    voters, ballots = _rows("codesign_participants"), _rows("codesign_anonymous_ballots")
    assert len(ballots) == len(voters) == 24
    # All ballots are of one transaction, the close's; no voter's row was written by it.
    of_ballots = {xmin for _, xmin in _system_columns("codesign_anonymous_ballots")}
    of_voters = {xmin for _, xmin in _system_columns("codesign_participants")}
    assert len(of_ballots) == 1 and len(of_voters) > 12 and not of_ballots & of_voters
    # Their order is that of chance ids, not of votes; no value of a voter's row stands in a ballot's.
    known = {str(one[name]) for one in voters for name in ("id", "contact_id", "seed")}
    for one in ballots:
        assert set(one) == {
            "id", "session_id", "segment", "answers", "comment", "is_speeding", "is_straight",
        }  # fmt: skip
        assert not known & set(re.findall(r"\d{3,}", json.dumps(one, default=str)))
    assert all(count >= 5 for count in Counter(one["segment"] for one in ballots).values())
    (box,) = _rows("codesign_ballot_boxes")
    assert box["sealed"] == [] and len(box["receipts"]) == 24


def test_what_a_dump_copies_of_the_ballots_holds_no_moment_and_no_number(held_for_real):
    ask, held = held_for_real
    ask.result(held)
    with (
        db.engine.raw_connection().cursor() as cursor,
        cursor.copy("COPY codesign_anonymous_ballots TO STDOUT") as copy,
    ):
        lines = b"".join(bytes(part) for part in copy).decode().splitlines()
    assert len(lines) == 24
    assert not any(re.search(r"\d{4}-\d\d-\d\d \d\d:", one) for one in lines)


def test_without_the_server_secret_the_box_stays_shut_and_the_words_say_why(ask):
    held = ask.open(mode="anonymous")
    ask.cast(ask.invite(held, *ask.accounts(1))[0])
    closing.close(held.id, None, by=ask.by)
    with pytest.raises(Unavailable, match="secret key has changed"):
        closing.tally(held.id, secret="another")
    assert closing.tally(held.id, secret=SECRET).result["care"]["persons"] == 1


def test_segments_of_fewer_than_five_voters_go_into_no_ballot():
    assert set(coarse(["Food"] * 9 + ["Retail"] * 6).values()) == {"Food", "Retail"}
    assert coarse(["Food"] * 9 + ["Pharma"]) == {"Food": "", "Pharma": ""}
    assert coarse(["Food"] * 2) == {"Food": ""}


def test_receipts_and_participation_are_as_many(ask, session):
    held = ask.open(mode="anonymous")
    people = ask.invite(held, *ask.accounts(6))
    for n, one in enumerate(people):
        ask.cast(one, n)
    ask.result(held)
    assert (
        len(queries.receipts_of(queries.find(held.id))) == queries.responses([held.id])[held.id].answered == 6
    )
    assert len(session.query(AnonymousBallot).all()) == 6


def test_a_late_anonymous_ballot_stays_sealed(ask, session):
    held = ask.open(mode="anonymous")
    people = ask.invite(held, *ask.accounts(6))
    for n, one in enumerate(people[:5]):
        ask.cast(one, n)
    closing.close(held.id, None, by=ask.by)
    assert ask.cast(people[5], 9) is casting.Outcome.LATE
    assert closing.tally(held.id, secret=SECRET).result["care"]["persons"] == 5
    assert len(session.get(BallotBox, held.id).sealed) == 1


def test_a_receipt_is_read_as_it_is_spoken():
    given = sealing.new_receipt()
    assert sealing.read_receipt(given.lower().replace("-", " ").replace("0", "o")) == given
    assert sealing.read_receipt("hello") == ""
    assert answering.seconds_since("soon") is None
