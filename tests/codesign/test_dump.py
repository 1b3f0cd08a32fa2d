"""A real dump of the database, read by somebody who wants to know who said what in an anonymous session."""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest

from ideaflow.accounts.models import Contact
from ideaflow.app import create_app
from ideaflow.codesign import adding, inviting, queries
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.portal import service as portal
from ideaflow.server import _program
from tests.codesign.answering import SECRET, Round, definition_of
from tests.factories import Factory

VOTERS = 28
# Chance puts one in its place on average, and more than eight once in a million times.
MOST_IN_PLACE, MOST_LIKE = 8, 0.78
# What each wrote, so that nothing of it lies in the order of the voters.
LABELS = Random(5).sample(range(100, 1000), VOTERS)
Table = list[dict[str, str]]


@dataclass
class Stolen:
    """A dump, and the truth by which the attacker’s guesses are measured.

    :ivar tables: rows in the order of the file, values as they stand in it.
    :ivar voters: contacts; the label of each stands in what they wrote.
    """

    tables: dict[str, Table]
    voters: list[int]
    definition: dict[str, Any]

    def rows_about(self, place: int) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield every row that names a voter, with its table."""
        contact, kinds = str(self.voters[place]), ("contact_id", "actor_id", "subject_id")
        for name, rows in self.tables.items():
            for row in rows:
                if any(row.get(column) == contact for column in kinds) or (
                    name == "contacts" and row["id"] == contact
                ):
                    yield name, row


@pytest.fixture(scope="module")
def stolen(make_database: Any, worker_id: str, tmp_path_factory: pytest.TempPathFactory) -> Stolen:
    """Two anonymous sessions; everybody answered both, in an order of chance, before they were closed."""
    address, home = make_database(f"dump_{worker_id}"), tmp_path_factory.mktemp("home")
    app = create_app(Settings(home=home, database_url=address, secret_key=SECRET), {"TESTING": True})
    with app.app_context():
        ask = Round(Factory(db.session), db.session)
        rated = ask.open(mode="anonymous")
        open_list = {**definition_of("opinions"), "additions": True}
        opined = ask.open("opinions", "anonymous", definition=open_list)
        people = ask.invite(rated, *ask.accounts(VOTERS // 2), people=2)
        voters = [one.contact_id for one in people]
        inviting.invite(opined.id, voters, "by hand", None, by=ask.by)
        order = list(range(VOTERS))
        Random(11).shuffle(order)
        for place in order:  # As in the portal: each comes in by a link, says what is missing, and answers.
            token = portal.issue_invitation(db.session.get_one(Contact, voters[place]))
            db.session.commit()
            portal.use_link(token, "")
            other = queries.participation(opined.id, voters[place])
            adding.add(other.id, f"missing {LABELS[place]}")
            ask.cast(other, place, comment=f"says {LABELS[place]}")
            ask.cast(people[place], place, comment=f"says {LABELS[place]}")
        definition = dict(rated.definition)
        for held in (rated, opined):
            ask.result(held)
        db.session.remove()
        db.engine.dispose()
    return Stolen(_read(_dump(address)), voters, definition)


def _dump(address: str) -> str:
    command = [str(_program("pg_dump")), "--format=plain", "--no-owner", address]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def _read(dump: str) -> dict[str, Table]:
    """Return the tables of a dump."""
    found: dict[str, Table] = {}
    for name, columns, body in re.findall(
        r"^COPY public\.(\S+) \((.*?)\) FROM stdin;\n(.*?)^\\\.$", dump, re.M | re.S
    ):
        names = columns.replace('"', "").split(", ")
        rows = [line.split("\t") for line in body.splitlines()]
        found[name] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def _orders_of(rows: Sequence[dict[str, str]], place_of: Any) -> Iterator[tuple[str, list[int]]]:
    """Yield every order in which an attacker can put rows, as the places of the voters they belong to."""
    yield "file", [place_of(row) for row in rows]
    for column in rows[0]:
        if len({row[column] for row in rows}) > VOTERS // 2:
            ordered = sorted(
                rows,
                key=lambda row: (
                    (len(row[column]), row[column]) if row[column].isdigit() else (0, row[column])
                ),
            )
            yield column, [place_of(row) for row in ordered]


def _orders_of_voters(stolen: Stolen) -> Iterator[tuple[str, list[int]]]:
    """Yield the orders of everything that names voters once each: by file, by number, by time."""
    by_table: dict[str, dict[int, dict[str, str]]] = {}
    for place in range(VOTERS):
        for name, row in stolen.rows_about(place):
            kind = f"{name} {row.get('session_id', '')} {row.get('action', '')}"
            by_table.setdefault(kind, {})[place] = row
    for kind, rows in by_table.items():
        if len(rows) == VOTERS:
            table = stolen.tables[kind.split()[0]]
            placed = {id(row): place for place, row in rows.items()}
            in_file = [row for row in table if id(row) in placed]
            for how, order in _orders_of(in_file, lambda row, placed=placed: placed[id(row)]):
                yield f"{kind} by {how}", order


def _written_by(row: dict[str, str]) -> int:
    found = re.search(r"(?:says|missing) (\d+)", row.get("comment") or row["text"])
    assert found
    return LABELS.index(int(found.group(1)))


def _secrets(stolen: Stolen) -> dict[str, Table]:
    """Return what must not be joined to its voter: ballots of each session, and additions."""
    ballots = stolen.tables["codesign_anonymous_ballots"]
    found = {
        one: [row for row in ballots if row["session_id"] == one]
        for one in {row["session_id"] for row in ballots}
    }
    return {**found, "additions": stolen.tables["codesign_additions"]}


def test_the_dump_holds_everything_an_attacker_could_wish_for(stolen: Stolen) -> None:
    assert [len(rows) for rows in _secrets(stolen).values()] == [VOTERS] * 3
    orders = dict(_orders_of_voters(stolen))
    # The order of votes is there: rows of voters lie as they were last written, sign-ins as they happened.
    assert len(orders) > 12 and any("portal.sign_in by" in kind for kind in orders)
    assert {"codesign_participants", "contacts", "portal_links"} <= {kind.split()[0] for kind in orders}


def test_no_order_of_rows_numbers_or_times_joins_voter_and_ballot(stolen: Stolen) -> None:
    joined = []
    for (known, voters), (kind, rows) in product(_orders_of_voters(stolen), _secrets(stolen).items()):
        for how, written in _orders_of(rows, _written_by):
            for guess in (voters, voters[::-1]):
                in_place = sum(one == other for one, other in zip(guess, written, strict=True))
                like = np.corrcoef(np.argsort(guess), np.argsort(written))[0, 1]
                if in_place > MOST_IN_PLACE or abs(like) > MOST_LIKE:
                    joined.append(f"{kind} by {how} from {known}: {in_place} of {VOTERS}, {like:.2f}")
    assert not joined


def test_no_value_of_a_ballot_stands_beside_its_voter(stolen: Stolen) -> None:
    tokens = {place: _tokens(row for _, row in stolen.rows_about(place)) for place in range(VOTERS)}
    everywhere = set.intersection(*tokens.values())
    for rows in _secrets(stolen).values():
        for row in rows:
            own = _tokens([row]) & (tokens[_written_by(row)] - everywhere)
            assert not own, (row, own)


def _tokens(rows: Any) -> set[str]:
    return {token for row in rows for value in row.values() for token in re.findall(r"[\w-]{3,}", value)}


def test_no_voters_seed_makes_the_questions_of_a_ballot(stolen: Stolen) -> None:
    instrument = INSTRUMENTS["maxdiff"]
    shown = {
        row["contact_id"]: [
            [one["key"] for one in step.data["shown"]]
            for step in instrument.steps(stolen.definition, int(row["seed"]), {})
        ]
        for row in stolen.tables["codesign_participants"]
    }
    for row in stolen.tables["codesign_anonymous_ballots"]:
        answers = json.loads(row["answers"])
        if "set1" in answers:
            asked = [answers[f"set{place}"]["shown"] for place in range(1, len(answers) + 1)]
            assert asked not in shown.values()
