"""Many answer at once over HTTP, in every kind without money: each counts once, and nothing crashes."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import func, select

from ideaflow.codesign import queries
from ideaflow.codesign.models import Participant
from ideaflow.db import db
from tests.codesign import voters
from tests.codesign.bicycle import chosen

# Drafts are forked, so that they cannot be anonymous; of the others every kind of ballot is cast.
KINDS = {
    "maxdiff": "anonymous", "kano": "confidential", "prices": "confidential", "pairwise": "confidential",
    "opinions": "anonymous", "drafts": "confidential",
}  # fmt: skip
DESIGN = chosen("M", "29", "Disc", "Front", "Single", then="submit")


def _open(served: Any, accounts: int, people: int) -> tuple[dict[str, int], list[tuple[str, str, Any]]]:
    """Open a session of each kind; returns them, and every voter’s cookie, path and design, each twice."""
    sessions, votes = {}, []
    for kind, mode in KINDS.items():
        held = served.ask.open(kind, mode)
        sessions[kind] = held.id
        path, design = f"/portal/design/{held.id}", DESIGN if kind == "drafts" else None
        for one in served.ask.invite(held, *served.ask.accounts(accounts), people=people):
            votes += [(served.cookie(one), path, design)] * 2
    db.session.commit()
    return sessions, votes


def _assert_each_counts_once(served: Any, sessions: dict[str, int], people: int) -> None:
    db.session.expire_all()
    for kind, held_id in sessions.items():
        care = served.ask.result(queries.find(held_id)).result["care"]
        done = select(func.count()).where(Participant.session_id == held_id, Participant.is_done)
        receipts = queries.receipts_of(queries.find(held_id))
        counted = (care["persons"], db.session.scalar(done), len(receipts))
        assert counted == (people,) * 3, f"{kind}: counted, done, receipts {counted}"


def test_everybody_in_two_windows_at_once_is_counted_once(served: Any) -> None:
    sessions, votes = _open(served, accounts=2, people=1)
    seen: list[int] = []
    with ThreadPoolExecutor(8) as pool:
        # The two windows of a voter stand next to each other, so that they meet.
        list(pool.map(lambda one: voters.vote(served.address, *one, seen), votes))
    assert set(seen) <= {200, 303}
    _assert_each_counts_once(served, sessions, 2)


@pytest.mark.slow
def test_sixty_four_processes_cast_960_ballots_twice_and_each_counts_once(served: Any) -> None:
    sessions, votes = _open(served, accounts=40, people=4)
    processes = []
    for number in range(64):
        one = subprocess.Popen(
            [sys.executable, voters.__file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        one.stdin.write(json.dumps({"address": served.address, "votes": votes[number::64]}) + "\n")
        one.stdin.flush()
        processes.append(one)
    seen = [code for one in processes for code in json.loads(one.communicate(timeout=7200)[0])]
    assert set(seen) <= {200, 303}
    _assert_each_counts_once(served, sessions, 160)
