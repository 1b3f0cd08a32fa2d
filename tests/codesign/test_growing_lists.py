"""Pairwise and opinions at the door: one press an answer, a list that grows, read before it is shown."""

import re

import pytest

from ideaflow.codesign import adding, inviting, queries
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from tests.codesign.answering import Round, definition_of


@pytest.fixture
def elina(ask: Round, contact_of):
    def begin(key, mode="confidential"):
        held = ask.open(key, mode)
        browser = contact_of(name="Elina Koski")
        inviting.invite(held.id, [browser.contact.id], "by hand", None, by=ask.by)
        return held, browser, f"/portal/design/{held.id}"

    return begin


def _press(browser, address, place, field="winner"):
    page = browser.get(f"{address}/{place}").text
    step = re.search(r'name="step" value="([^"]+)"', page).group(1)
    value = re.search(rf'name="{field}" value="([^"]+)"', page).group(1)
    assert browser.post(f"{address}/{place}", data={"step": step, field: value}).status_code == 303
    return step


@pytest.mark.parametrize("mode", ["confidential", "anonymous"])
def test_as_many_pairs_as_one_likes_each_only_once_and_sent_when_it_is_enough(elina, mode):
    held, browser, address = elina("pairwise", mode)
    assert "as many as you like" in browser.get(address).text
    pairs = [_press(browser, address, place) for place in range(1, 7)]
    assert len({frozenset(one.split("-")[1:]) for one in pairs}) == 6
    assert (
        "6 answered" in browser.get(f"{address}/7").text
        and "That is enough" in browser.get(f"{address}/7").text
    )
    receipt = re.search(r'name="receipt" value="([^"]+)"', browser.get(f"{address}/review").text).group(1)
    for _ in range(2):
        browser.post(f"{address}/cast", data={"receipt": receipt})
    assert queries.responses([held.id])[held.id].answered == 1


def test_the_pair_on_the_page_counts_even_if_others_changed_the_next_one(elina):
    held, browser, address = elina("pairwise")
    data = {"step": "1-o3-o8", "winner": "o8"}
    assert browser.post(f"{address}/1", data=data).status_code == 303
    assert queries.participation(held.id, browser.contact.id).draft["answers"] == {
        "1-o3-o8": {"winner": "o8"}
    }
    made_up = {"step": "2-o8-o3", "winner": "o9"}  # The same pair again, and none of the two.
    refused = browser.post(f"{address}/2", data=made_up)
    assert refused.status_code == 422 and "Choose one of the two" in refused.text


def test_who_cannot_decide_says_why(elina):
    held, browser, address = elina("pairwise")
    _press(browser, address, 1, "cannot")
    kept = queries.participation(held.id, browser.contact.id).draft["answers"]
    assert [one["reason"] for one in kept.values()] == ["alike"]


def test_the_next_pair_is_what_was_shown_least(ask):
    one, definition = INSTRUMENTS["pairwise"], definition_of("pairwise")
    seen = {f"{n}-o{n}-o{n + 1}": {"winner": f"o{n}"} for n in range(1, 6)}
    known = one.standing(definition, [seen])
    step = one.steps({**definition, "standing": known}, 5, {})[0]
    assert {side["key"] for side in step.data["sides"]} == {"o7", "o8"}
    assert step == one.steps({**definition, "standing": known}, 5, {})[0]


def test_what_a_customer_adds_is_read_before_others_are_asked(elina, client_of, ask):
    held, browser, address = elina("pairwise")
    added = {"text": "  A night   mode ", "place": "1"}
    for _ in range(2):
        assert browser.post(f"{address}/additions", data=added).status_code == 303
    assert [one.text for one in queries.additions_waiting(held.id)] == ["A night mode"]
    assert "night mode" not in browser.get(f"{address}/1").text
    staff = client_of("product_manager")
    assert "A night mode" in staff.get(f"/co-design/{held.id}").text
    door = f"/co-design/{held.id}/additions/{queries.additions_waiting(held.id)[0].id}"
    assert staff.post(door, data={"decision": "perhaps"}).status_code == 422
    assert staff.post(door, data={"decision": "show"}).status_code == 303
    again = staff.post(door, data={"decision": "refuse"})
    assert again.status_code == 409 and "was shown already" in again.text
    new = queries.find(held.id).definition["options"][-1]
    assert new == {"key": "c1", "name": "A night mode", "note": "", "is_added": True}
    page = browser.post(f"{address}/1", data={"step": "1-o1-c1"})
    assert page.status_code == 422 and "new idea" in page.text


def test_an_addition_that_cannot_be_taken_stays_in_its_field_with_the_reason(elina):
    _, browser, address = elina("opinions")
    for typed, reason in (
        ("", "Write what is missing."),
        ("x" * 121, "At most 120"),
        ("blind COUNTING", "already"),
    ):
        page = browser.post(f"{address}/additions", data={"text": typed, "place": "1"})
        assert page.status_code == 422 and reason in page.text and f'value="{typed}"' in page.text


def test_an_anonymous_addition_has_no_author_and_a_confidential_one_does(elina, session):
    for mode in ("anonymous", "confidential"):
        held, browser, address = elina("pairwise", mode)
        browser.post(f"{address}/additions", data={"text": "A night mode", "place": "1"})
        whose = queries.additions_waiting(held.id)[0].contact_id
        assert whose == (None if mode == "anonymous" else browser.contact.id)


def test_a_stranger_adds_nothing_and_a_seller_shows_nothing(elina, contact_of, client_of):
    held, browser, address = elina("pairwise")
    browser.post(f"{address}/additions", data={"text": "A night mode", "place": "1"})
    assert contact_of().post(f"{address}/additions", data={"text": "x"}).status_code == 404
    door = f"/co-design/{held.id}/additions/{queries.additions_waiting(held.id)[0].id}"
    assert client_of("sales").post(door, data={"decision": "show"}).status_code == 403


def test_opinions_can_be_sent_from_seven_votes_on(elina):
    _, browser, address = elina("opinions")
    for place in range(1, 7):
        _press(browser, address, place, "stance")
    assert browser.get(f"{address}/review").status_code == 303
    _press(browser, address, 7, "stance")
    assert browser.get(f"{address}/review").status_code == 200
    assert "That is enough" in browser.get(f"{address}/8").text


@pytest.mark.parametrize(("key", "maker", "words"), [
    ("pairwise", "scores", "The left side won"), ("opinions", "opinions", "Groups were found in the answers"),
])  # fmt: skip
def test_results_are_a_picture_words_a_table_and_csv_for_staff_and_for_customers(
    key, maker, words, ask, client_of, contact_of
):
    from ideaflow.codesign import closing

    held = ask.open(key)
    people = ask.invite(held, *ask.accounts(12))
    for number, one in enumerate(people):
        ask.cast(one, number, best="o2")
    adding.learn(held.id)
    assert queries.find(held.id).learned
    ask.result(held)
    staff = client_of("product_manager")
    page = staff.get(f"/co-design/{held.id}").text
    assert f'data-chart="{maker}"' in page and words in page
    assert "Lock one bin" in staff.get(f"/co-design/{held.id}/results.csv").text
    held = queries.find(held.id)
    closing.publish(held.id, held.version, by=ask.by)
    browser = contact_of()
    with browser.session_transaction() as cookie:
        cookie["contact"] = f"{people[0].contact_id}:0"
    assert "Lock one bin" in browser.get(f"/portal/design/{held.id}/results").text


def test_what_a_customer_added_waits_for_who_moderates_and_becomes_a_proposal_after_the_close(
    ask, client_of, session
):
    held = ask.open("pairwise")
    people = ask.invite(held, *ask.accounts(6))
    ask.make.item(account_id=ask.make.account().id)  # Not the very first day.
    added = adding.add(people[0].id, "Count by drone")
    manager, seller = client_of("product_manager"), client_of("sales")
    assert f"Read what customers added: {held.title}" in manager.get("/").text
    assert "Read what customers added" not in seller.get("/").text
    adding.decide(held.id, added.id, show=True, by=ask.by)
    assert "Read what customers added" not in manager.get("/").text
    for number, one in enumerate(people):
        ask.cast(one, number, best="c1")
    ask.result(held)
    page, version = f"/co-design/{held.id}", queries.find(held.id).version
    assert "Make it a proposal: Count by drone" in manager.get(page).text
    address, data = f"{page}/added/c1/propose", {"version": version}
    answers = [manager.post(address, data=data) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 409]
    proposal = manager.get(answers[0].headers["Location"]).text
    assert "Count by drone" in proposal and "which a customer added, beats another in" in proposal
    number = answers[0].headers["Location"].rsplit("/", 1)[1]
    assert f"Is P-{number}" in manager.get(page).text
    assert manager.post(f"{page}/added/o1/propose", data=data).status_code == 404
    assert seller.post(address, data=data).status_code == 403
