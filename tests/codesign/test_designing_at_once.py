"""Many design at once with a kit that needs the solver: right answers, and a server for others."""

from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest

from ideaflow.codesign.kinds.drafts import Drafts
from ideaflow.codesign.kinds.drafts_form import advisor_of
from ideaflow.db import db
from tests.codesign.bicycle import form

DESIGNERS, LOOKS = 6, 12
# Seven decisions of four: 16,384 combinations, more than are ever listed.
MODULES = {
    f"Part {place}": {f"{place}-{size}": 100 * place + 30 * size for size in range(1, 5)}
    for place in range(1, 8)
}
RULES = (
    "1-4 needs 2-3 or 2-4", "2-4 does not go with 3-1", "at most 3 of 1-4, 2-4, 3-4, 4-4, 5-4",
    "6-1 needs 7-2",
    "price at most 3,400", "5-2 does not go with 6-3",
)  # fmt: skip


@pytest.fixture
def studio(served: Any) -> Any:
    """A session with a large kit, what each designer wants to look at, and how to look."""
    definition = dict(Drafts().read(form(*RULES, modules=MODULES, known=())))
    assert not Drafts().problems(definition)
    assert advisor_of(definition).needs_solver
    held = served.ask.open("drafts", definition=definition)
    people = served.ask.invite(held, *served.ask.accounts(DESIGNERS))
    keys = {one["name"]: one["key"] for one in definition["options"]}
    wishes = [
        {f"pick-m{part}": keys[f"{part}-{1 + (part + who) % 4}"] for part in range(1, 2 + who)}
        for who in range(DESIGNERS)
    ]
    cookies, at = [served.cookie(one) for one in people], f"/portal/design/{held.id}/drafts/new"
    db.session.commit()

    def look(who: int) -> str:
        name, value = cookies[who].split("=", 1)
        browser = served.app.test_client()
        browser.set_cookie(name, value)
        answer = browser.post(at, data={**wishes[who], "then": "look"}, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        return str(answer.text)

    def light() -> int:
        browser = served.app.test_client()
        browser.set_cookie(*cookies[0].split("=", 1))
        return int(browser.get("/portal/design/").status_code)

    served.look, served.light = look, light
    return served


def test_designers_at_once_get_the_answers_each_gets_alone(studio: Any) -> None:
    alone = [studio.look(who) for who in range(DESIGNERS)]
    assert len(set(alone)) == DESIGNERS and any("Smallest change" in one for one in alone)
    with ThreadPoolExecutor(DESIGNERS) as pool:
        for _ in range(2):
            assert list(pool.map(studio.look, range(DESIGNERS))) == alone


def test_while_all_design_other_pages_come_between(studio: Any) -> None:
    studio.look(0)  # The solver is loaded.
    is_enough = Event()

    def work(who: int) -> int:
        count = 0
        while not is_enough.is_set():
            studio.look(who)
            count += 1
        return count

    with ThreadPoolExecutor(DESIGNERS) as pool:
        designing: list[Future[int]] = [pool.submit(work, who) for who in range(DESIGNERS)]
        assert [studio.light() for _ in range(LOOKS)] == [200] * LOOKS
        is_enough.set()
        solved = sum(one.result() for one in designing)
    # No page waited until every designer had been served, on average.
    assert solved <= LOOKS * DESIGNERS
