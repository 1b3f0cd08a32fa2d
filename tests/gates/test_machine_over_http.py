"""The same rules, tried through the pages: every step is a form somebody sends, never answered by a crash."""

from collections import Counter
from datetime import timedelta

import pytest

from ideaflow.clock import now
from ideaflow.errors import IdeaflowError
from tests.gates.test_machine import go_until, machine_of
from tests.gates.test_machine import ground as ground

REFUSALS = {403, 404, 409, 422}


def over_http(app, ground, counted):
    """Return the machine whose people press buttons instead of calling services."""
    machine = machine_of(ground, "majority", counted)

    class OverHttp(machine):
        def set_out_together(self):
            """Let everybody take up what is not held: refused for who one is, the owner, or as things are.

            Then hand a proposal to its gate and take it back, which is allowed.
            """
            for by in range(len(self.actors)):
                self.do(0, by, "resume", 0, None)
            self.go_on(0)
            self.do(0, 0, "recall", 0, None)

        def press(self, by, address, form):
            """Send a form as somebody, signed in again; raise when it is refused."""
            browser = app.test_client()
            with browser.session_transaction() as cookie:
                cookie["_user_id"], cookie["_fresh"] = ground.base.cookies[by], True
                cookie["signed_in_again"] = {
                    "id": self.actors[by].id, "method": "link", "at": now().isoformat(),
                }  # fmt: skip
            answer = browser.post(address, data=form)
            counted[answer.status_code] += 1
            if answer.status_code != 303:
                assert answer.status_code in REFUSALS, f"{address}: {answer.status_code}"
                raise IdeaflowError(str(answer.status_code))

        def act(self, at, by, verb, points, vote):
            number, review = self.ids[at], self.review(at)
            of_review = f"/gates/reviews/{review.id if review else 0}"
            of_proposal = f"/gates/proposals/{number}"
            reason = {"reason": "Because."}
            condition = f"/gates/conditions/{self.condition(number)}" if verb in CONDITIONS else ""
            day = (self.moment + timedelta(days=9)).date().isoformat()
            address, form = {
                "declare_ready": (f"{of_proposal}/ready", {}),
                "recall": (f"{of_proposal}/recall", reason),
                "open_review": (f"{of_proposal}/open", {}),
                "submit": (f"{of_review}/scorecard", self.scorecard(review, points, vote)),
                "recuse": (f"{of_review}/recuse", reason),
                "step_in": (f"{of_review}/step-in/{self.actors[1].id}", reason),
                "reveal": (f"{of_review}/reveal", {}),
                "score_again": (f"{of_review}/score-again", {}),
                "cancel": (f"{of_review}/cancel", reason),
                "vote": (f"{of_review}/vote", {"vote": vote or ""}),
                "take_back": (f"{of_review}/take-back", reason),
                "resume": (f"{of_proposal}/resume", {}),
                "hold_on": (f"{of_proposal}/hold-on", reason | {"revisit_on": day}),
                "claim": (f"{condition}/claim", {"proof": "Done."}),
                "verify": (f"{condition}/settle", {"settled": "met" if points > 5 else "open", "note": "x"}),
                "release": (f"{condition}/settle", {"settled": "released", "note": "Moot."}),
            }[verb]
            return lambda: self.press(by, address, form)

        def scorecard(self, review, points, vote):
            if review is None:
                return {}
            given, answers = self.card(review, points)
            form = {f"points-{key}": str(value) for key, value in given.items()}
            form |= {f"answer-{key}": "yes" if value else "no" for key, value in answers.items()}
            return form | {"vote": vote or ""}

        def decision_of(self, at, by, review, decision, is_override):
            day = (self.moment + timedelta(days=9)).date().isoformat()
            form = {
                "decision": "override" if is_override else decision, "reason": "So be it.", "revisit_on": day,
                "target_stage": self.stages[at], "changes": "Change", "reason_code_kill": "no_demand",
                "salvage": "Nothing.", "notice_words": "We do not.", "notice_due": day,
                "notice_teller": str(self.actors[1].id), "granted_amount": "10", "granted_people": "1",
                "condition-text": "Proof", "condition-owner": str(self.actors[1].id), "condition-due": day,
                "condition-consequence": "hold",
            }  # fmt: skip
            return lambda: self.press(by, f"/gates/reviews/{review.id}/decide", form)

        def signature_of(self, by, review):
            form = {"record": review.record_hash}
            return lambda: self.press(by, f"/gates/reviews/{review.id}/sign", form)

    return OverHttp


CONDITIONS = ("claim", "verify", "release")


def campaign(app, ground, steps, seed):
    counted = Counter()
    go_until(steps, over_http(app, ground, counted), counted, seed, rules=6)
    assert counted["steps"] >= steps
    assert counted[303] and counted[409] and counted[403]


def test_the_rules_hold_over_the_pages(app, ground):
    campaign(app, ground, 200, seed=0)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(1, 11))
def test_the_rules_hold_over_the_pages_for_five_thousand_steps(app, ground, part):
    campaign(app, ground, 500, seed=part)
