"""The pages of the gates, opened and pressed as those who use them do."""

from datetime import timedelta

import pytest

from ideaflow.clock import now, today
from ideaflow.gates import queries, service
from ideaflow.gates.models import Gatekeeper
from ideaflow.gates.process import publishing
from ideaflow.proposals.models import Proposal
from tests.gates.conftest import decide, fill


@pytest.fixture
def browser_of(app):
    """Return a browser signed in as a given user."""

    def sign_in(user):
        browser = app.test_client()
        with browser.session_transaction() as cookie:
            cookie["_user_id"] = user.get_id()
            cookie["_fresh"] = True
            # As after the link that signs one in again; a signature uses it up.
            cookie["signed_in_again"] = {"id": user.id, "method": "link", "at": now().isoformat()}
        return browser

    return sign_in


def main_of(page):
    return page.text[page.text.index("<main") : page.text.index("</main")]


def scorecard(review, points=8, answer="yes"):
    form = {f"points-{key}": str(points) for key in review.gate.weights}
    return form | {f"answer-{one.key}": answer for one in review.gate.manual_must} | {"vote": "go"}


def state_of(world):
    return queries.journey_of(world.proposal.id).state


@pytest.mark.parametrize("address", ["/board", "/gates/reviews", "/process"])
def test_pages_open_before_anything_is_on_its_way(client_of, address):
    for role in ("administrator", "product_manager", "gatekeeper", "sales", "service"):
        assert client_of(role).get(address).status_code == 200


def test_an_empty_board_says_what_to_do_first(client_of):
    page = main_of(client_of("product_manager").get("/board"))
    assert "Nothing is on its way yet" in page and "Choose a theme to promote" in page


def test_the_board_shows_each_proposal_in_its_stage(browser_of, world):
    world.make._add(Proposal(title="Christmas extra users", owner_id=world.colleague.id))
    world.go()
    page = main_of(browser_of(world.owner).get("/board"))
    discovery, scoping = page.index(">Discovery<"), page.index(">Scoping<")
    assert discovery < page.index("Christmas extra users") < scoping < page.index("Live cycle count")
    assert "draft, not started" in page and "3 of 3 deliverables open" in page and "7 accounts" in page
    mine = main_of(browser_of(world.owner).get("/board?mine=1"))
    assert "Live cycle count" in mine and "Christmas extra users" not in mine


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (service.Verdict("hold", "No people.", revisit_on=today() + timedelta(days=30)), "held until"),
        (
            service.Verdict("recycle", "No.", target_stage="discovery", changes=["Call three"]),
            "sent back: Call three",
        ),
        (None, "scores revealed, decision due"),
    ],
)
def test_the_board_says_what_keeps_a_proposal(browser_of, world, verdict, words):
    review = world.to_gate()
    world.score(review)
    if verdict:
        decide(review.id, verdict, by=world.keepers[0].actor)
    assert words in main_of(browser_of(world.owner).get("/board"))


def test_the_board_asks_the_same_of_many_proposals_and_stays_small(browser_of, world, count_queries):
    """At 600 as at ten: tiles of the first sixty of a kind in a lane, the rest counted."""
    browser, version_id = browser_of(world.owner), queries.journey_of(world.proposal.id).process_version_id

    def grow(count):
        for state in ("working", "gate_ready", "on_hold"):
            for stage in ("discovery", "development"):
                fill(version_id, world.owner.id, count, state, stage, revisit_on=today())

    grow(2)
    with count_queries() as few:
        browser.get("/board")
    grow(98)
    with count_queries() as many:
        page = main_of(browser.get("/board"))
    assert len(many) == len(few)
    assert "601 proposals" in page and page.count("if-tile") <= 2 * 3 * 60 + 1
    assert "more in work" in page and "more here" in page


def test_the_whole_way_to_a_decision_by_plain_forms(browser_of, world):
    owner, keeper, other = browser_of(world.owner), browser_of(world.keepers[0]), browser_of(world.keepers[1])
    number = world.proposal.id
    page = owner.get(f"/proposals/{number}").text
    assert "Deliverables" in page and "Gate 1 asks, live" in page and "7 accounts" in page
    refused = owner.post(f"/gates/proposals/{number}/ready")
    assert refused.status_code == 422 and "Problem in one page" in refused.text
    owner.post(f"/gates/proposals/{number}/deliverables/problem_brief", data={"status": "done"})
    assert "Hand to Gate 1" in owner.get(f"/proposals/{number}").text
    owner.post(f"/gates/proposals/{number}/ready")
    assert "is ready for Gate 1" in main_of(keeper.get("/gates/reviews"))
    address = keeper.post(f"/gates/proposals/{number}/open").headers["Location"]
    page = main_of(keeper.get(address))
    assert "Shall we look into Live cycle count?" in page and "Your scorecard" in page
    review = queries.open_review_of(number)
    keeper.post(f"{address}/scorecard", data=scorecard(review))
    assert "Scores stay blind" in main_of(owner.get(address))
    assert "Sign the decision" not in keeper.get(address).text
    other.post(f"{address}/scorecard", data=scorecard(review, 7) | {"vote": "go"})
    page = main_of(keeper.get(address))
    assert "75.0" in page and "Sign the decision" in page
    keeper.post(f"{address}/decide", data={"decision": "go", "reason": "Clear demand."})
    assert "It stands" in keeper.get(address).text
    assert queries.journey_of(number).stage_key == "scoping"
    page = owner.get(f"/proposals/{number}").text
    assert "go, 75.0" in page and "Clear demand." in page


def test_others_do_not_see_points_before_they_are_revealed(browser_of, world):
    review = world.to_gate()
    points, answers = world.card(review, 3)
    service.submit(review.id, points, answers, {"evidence": "nobody counted"}, by=world.keepers[0].actor)
    for user in (world.keepers[1], world.owner, world.colleague):
        page = browser_of(user).get(f"/gates/reviews/{review.id}").text
        assert "nobody counted" not in page and "if-pt" not in page
    mine = browser_of(world.keepers[0]).get(f"/gates/reviews/{review.id}").text
    assert "nobody counted" in mine and "Change my scorecard" in mine


def test_a_closed_decision_says_why_and_is_not_taken(browser_of, world):
    review = world.to_gate()
    world.score(review, points=4, is_met=False)
    browser = browser_of(world.keepers[0])
    page = main_of(browser.get(f"/gates/reviews/{review.id}"))
    assert "closed: 1 must-meet is not met" in page and "disabled" in page
    answer = browser.post(
        f"/gates/reviews/{review.id}/decide", data={"decision": "go", "reason": "I want it."}
    )
    assert answer.status_code == 409 and "Go is closed" in answer.text


def test_a_half_filled_scorecard_comes_back_with_what_was_typed(browser_of, world):
    review = world.to_gate()
    form = scorecard(review) | {"points-evidence": "", "note-strategic_fit": "at the heart"}
    answer = browser_of(world.keepers[0]).post(f"/gates/reviews/{review.id}/scorecard", data=form)
    assert answer.status_code == 422
    assert "Strength of the evidence: give 0 to 10 points" in answer.text and "at the heart" in answer.text
    form["points-evidence"] = "x"
    assert (
        "is no number"
        in browser_of(world.keepers[0]).post(f"/gates/reviews/{review.id}/scorecard", data=form).text
    )


def test_a_half_filled_decision_comes_back_with_what_was_typed(browser_of, world):
    review = world.to_gate()
    world.score(review)
    browser, address = browser_of(world.keepers[0]), f"/gates/reviews/{review.id}/decide"
    for form, message in (
        ({"decision": "hold", "reason": "Later, please."}, "looked at again"),
        ({"decision": "hold", "reason": "Later, please.", "revisit_on": "soon"}, "is no day"),
        ({"decision": "recycle", "reason": "Later, please.", "target_stage": "discovery"}, "List what has"),
        ({"decision": "conditional_go", "reason": "Later, please."}, "at least one condition"),
        ({"decision": "conditional_go", "reason": "Later, please.", "condition-text": ["Proof"],
          "condition-owner": [str(world.owner.id)], "condition-due": [""], "condition-consequence": ["hold"]},
         "needs a day"),
    ):  # fmt: skip
        answer = browser.post(address, data=form)
        assert answer.status_code == 422 and message in answer.text and "Later, please." in answer.text
    assert state_of(world) == "tallied"


def test_conditions_are_shown_and_settled_on_the_proposal(browser_of, world):
    review = world.to_gate()
    world.score(review)
    due = (today() + timedelta(days=20)).isoformat()
    keeper = browser_of(world.keepers[0])
    keeper.post(f"/gates/reviews/{review.id}/decide", data={
        "decision": "conditional_go", "reason": "First tranche.", "condition-text": ["Costed twice", ""],
        "condition-owner": [str(world.owner.id), ""], "condition-due": [due, ""],
        "condition-consequence": ["recycle", "hold"],
    })  # fmt: skip
    page = keeper.get(f"/proposals/{world.proposal.id}").text
    assert "Costed twice" in page and "else recycle" in page and "Release it" in page
    assert "Release it" not in browser_of(world.owner).get(f"/proposals/{world.proposal.id}").text
    assert "Meet the condition: Costed twice" in browser_of(world.owner).get("/").text
    condition = queries.conditions_of(world.proposal.id)[0]
    owner = browser_of(world.owner)
    owner.post(f"/gates/conditions/{condition.id}/claim", data={"proof": "Both done."})
    assert "Verify the proof" in keeper.get(f"/proposals/{world.proposal.id}").text
    keeper.post(f"/gates/conditions/{condition.id}/settle", data={"settled": "met", "note": "Seen."})
    assert "met</small>" in keeper.get(f"/proposals/{world.proposal.id}").text
    assert "Both done." in keeper.get(f"/proposals/{world.proposal.id}").text


DOORS = [
    ("/gates/proposals/{proposal}/start", {}, "propose"),
    ("/gates/proposals/{proposal}/deliverables/problem_brief", {"status": "done"}, "propose"),
    ("/gates/proposals/{proposal}/ready", {}, "propose"),
    ("/gates/proposals/{proposal}/recall", {"reason": "No."}, "propose"),
    ("/gates/proposals/{proposal}/open", {}, "decide"),
    ("/gates/proposals/{proposal}/resume", {}, "decide"),
    ("/gates/reviews/{review}/scorecard", {}, "decide"),
    ("/gates/reviews/{review}/recuse", {"reason": "Mine."}, "decide"),
    ("/gates/reviews/{review}/reveal", {}, "decide"),
    ("/gates/reviews/{review}/score-again", {}, "decide"),
    ("/gates/reviews/{review}/decide", {"decision": "go", "reason": "Yes."}, "decide"),
    ("/gates/reviews/{review}/vote", {"vote": "go"}, "decide"),
    ("/gates/reviews/{review}/sign", {"record": "x"}, "decide"),
    ("/gates/reviews/{review}/take-back", {"reason": "No."}, "decide"),
    ("/gates/reviews/{review}/cancel", {"reason": "No."}, "decide"),
    ("/gates/conditions/1/settle", {"proof": "Yes."}, "decide"),
]


@pytest.mark.parametrize(("door", "form", "right"), DOORS)
def test_every_door_refuses_the_stranger_and_the_wrong_role(client, client_of, world, door, form, right):
    review = world.to_gate()
    address = door.format(proposal=world.proposal.id, review=review.id)
    before = state_of(world)
    assert client.post(address, data=form).headers["Location"].startswith("/sign-in")
    wrong = ["sales", "service", "gatekeeper" if right == "propose" else "product_manager"]
    for role in wrong:
        assert client_of(role).post(address, data=form).status_code == 403
    assert state_of(world) == before


@pytest.mark.parametrize(("door", "form", "right"), DOORS[4:15])
def test_a_gatekeeper_who_owns_the_proposal_is_refused_everywhere(
    browser_of, session, world, door, form, right
):
    review = world.to_gate()
    world.owner.roles = ["gatekeeper", "product_manager"]
    session.commit()
    answer = browser_of(world.owner).post(
        door.format(proposal=world.proposal.id, review=review.id), data=form | scorecard(review)
    )
    assert answer.status_code == 403 and state_of(world) == "in_review"


def test_pressing_twice_says_what_happened(browser_of, world):
    review = world.to_gate()
    world.score(review)
    browser, address = browser_of(world.keepers[0]), f"/gates/reviews/{review.id}"
    form = {"decision": "go", "reason": "Yes."}
    assert browser.post(f"{address}/decide", data=form).status_code == 303
    again = browser.post(f"{address}/decide", data=form)
    assert again.status_code == 409 and "decided: go already" in again.text
    for verb in ("reveal", "score-again", "cancel", "scorecard", "recuse"):
        answer = browser.post(f"{address}/{verb}", data={"reason": "Twice."} | scorecard(review))
        assert answer.status_code == 409


def test_doors_of_what_is_not_there(client_of):
    keeper, manager = client_of("gatekeeper"), client_of("product_manager")
    assert keeper.get("/gates/reviews/999999").status_code == 404
    assert keeper.post("/gates/reviews/999999/decide", data={"reason": "x"}).status_code == 404
    assert manager.post("/gates/proposals/999999/start").status_code == 404
    assert keeper.post("/gates/conditions/999999/settle", data={"note": "x"}).status_code == 404
    assert client_of("sales").get("/process?version=999999").status_code == 404


def test_recalling_cancelling_and_resuming_by_forms(browser_of, world):
    owner, keeper = browser_of(world.owner), browser_of(world.keepers[0])
    number = world.proposal.id
    world.finish_stage()
    owner.post(f"/gates/proposals/{number}/ready")
    assert owner.post(f"/gates/proposals/{number}/recall", data={"reason": ""}).status_code == 422
    owner.post(f"/gates/proposals/{number}/recall", data={"reason": "Too early."})
    assert state_of(world) == "working"
    owner.post(f"/gates/proposals/{number}/ready")
    address = keeper.post(f"/gates/proposals/{number}/open").headers["Location"]
    keeper.post(f"{address}/cancel", data={"reason": "Wrong day."})
    assert "Wrong day." in main_of(keeper.get(address))
    owner.post(f"/gates/proposals/{number}/ready")
    review = service.open_review(number, by=world.keepers[0].actor)
    world.score(review)
    day = (today() + timedelta(days=5)).isoformat()
    keeper.post(
        f"/gates/reviews/{review.id}/decide", data={"decision": "hold", "reason": "Later.", "revisit_on": day}
    )
    assert state_of(world) == "on_hold"
    assert "Take it up again" in keeper.get(f"/proposals/{number}").text
    keeper.post(f"/gates/proposals/{number}/resume")
    assert state_of(world) == "working"


def test_the_start_page_tells_each_what_waits(browser_of, world):
    owner, keeper = browser_of(world.owner), browser_of(world.keepers[0])
    assert "1 deliverable to Gate 1" in owner.get("/").text
    world.finish_stage()
    assert "can go to Gate 1" in owner.get("/").text
    service.declare_ready(world.proposal.id, by=world.owner.actor)
    assert "is ready for Gate 1" in keeper.get("/").text
    review = service.open_review(world.proposal.id, by=world.keepers[0].actor)
    assert "Score Live cycle count at Gate 1" in keeper.get("/").text
    world.score(review)
    assert "Decide on Live cycle count at Gate 1" in keeper.get("/").text
    assert "Gate 1" not in main_of(owner.get("/"))


def test_a_draft_waits_for_its_owner_to_be_started(browser_of, world):
    draft = world.make._add(Proposal(title="Battery swap", owner_id=world.owner.id, value="Swap on shift."))
    browser = browser_of(world.owner)
    assert "Battery swap is a draft" in browser.get("/").text
    assert "Start discovery" in browser.get(f"/proposals/{draft.id}").text
    browser.post(f"/gates/proposals/{draft.id}/start")
    assert "Battery swap is a draft" not in browser.get("/").text


def test_the_process_page_shows_anchors_hash_and_seats(browser_of, client_of, world):
    page = main_of(client_of("sales").get("/process"))
    assert publishing.standard().content_hash in page
    assert "Somebody&#39;s opinion" in page and "Idris Bakker 0" in page and "Give seats" not in page
    version = publishing.standard()
    world.make._add(
        Gatekeeper(
            process_id=version.process_id, gate_key="gate_1", user_id=world.keepers[1].id, arena="Yard"
        )
    )
    page = main_of(client_of("administrator").get("/process"))
    assert 'Idris Bakker 1 <span class="dim">(arena Yard)</span>' in page and "Give seats" in page


def test_a_title_with_markup_or_braces_stays_a_title(browser_of, session, world):
    world.proposal.title = "<b>{title}</b> {0} {asked}"
    session.commit()
    review = world.to_gate()
    page = browser_of(world.keepers[0]).get(f"/gates/reviews/{review.id}").text
    assert "&lt;b&gt;{title}&lt;/b&gt; {0} {asked}" in page and "<b>{title}" not in page


def test_past_reviews_are_listed_newest_first(browser_of, world):
    for reason in ("Not today.", "Not tomorrow."):
        review = world.to_gate()
        service.cancel(review.id, reason, by=world.keepers[0].actor)
    page = browser_of(world.owner).get("/gates/reviews").text
    assert page.index("Not tomorrow.") < page.index("Not today.")


def test_only_a_few_numbers_are_asked_for_a_review(browser_of, world, count_queries):
    review = world.to_gate()
    world.score(review)
    browser = browser_of(world.keepers[0])
    browser.get(f"/gates/reviews/{review.id}")
    with count_queries() as statements:
        browser.get(f"/gates/reviews/{review.id}")
    assert len(statements) <= 30


def test_withdrawing_is_offered_to_who_may(browser_of, session, world):
    owner, keeper = browser_of(world.owner), browser_of(world.keepers[0])
    page, ask = f"/proposals/{world.proposal.id}", f"/proposals/{world.proposal.id}/withdraw"
    assert "Withdraw this proposal" in owner.get(page).text and "Withdraw this" not in keeper.get(page).text
    assert "Its owner withdraws it" in keeper.get(ask).text
    queries.journey_of(world.proposal.id).stage_key = "business_case"
    session.commit()
    assert "Withdraw this" not in owner.get(page).text and "Withdraw this" in keeper.get(page).text
    assert "no longer its owner" in owner.get(ask).text
    assert owner.post(ask, data={"reason": "No."}).status_code == 403
    assert keeper.post(ask, data={"reason": "The market is gone."}).status_code == 303


def test_the_benefit_is_for_a_segment_or_an_account_that_asks_or_in_ones_own_words(browser_of, world):
    page = browser_of(world.owner).get(f"/proposals/{world.proposal.id}/edit").text
    assert 'list="benefit-whos"' in page and '<option value="3PL, 3 accounts">' in page
    assert page.count("<option value=", page.index('id="benefit-whos"'), page.index("</datalist>")) == 3 + 7
