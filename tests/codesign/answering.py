"""Believable answers to co-design sessions, for tests."""

from datetime import timedelta
from random import Random
from typing import Any

from ideaflow.clock import now
from ideaflow.codesign import casting, closing, inviting, queries, sealing, service
from ideaflow.codesign.instruments.kano import REPLIES
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import CodesignSession, Participant, Tally
from ideaflow.proposals import service as proposals
from tests.codesign.bicycle import BICYCLE, chosen

SECRET = "for-tests-only"

NAMES = (
    "Lock one bin, not the bay", "Settle differences in the shift", "Plan counts by value and turnover",
    "Recount only what differs", "Blind counting", "Report the auditor accepts", "See progress by hall",
    "Count by voice",
)  # fmt: skip
OPTIONS = [{"key": f"o{n}", "name": name, "note": ""} for n, name in enumerate(NAMES, start=1)]


def definition_of(key: str) -> dict[str, Any]:
    """Return a definition that can open."""
    if key == "drafts":
        return BICYCLE
    if key == "prices":
        offer = {"offer": "Live counting in one warehouse", "unit": "warehouse and month"}
        return {**INSTRUMENTS[key].blank(), **offer}
    if key == "buying":
        priced = [{**one, "price": 100 if n == 0 else 20} for n, one in enumerate(OPTIONS)]
        return {**INSTRUMENTS[key].blank(), "options": priced}
    return {**INSTRUMENTS[key].blank(), "options": OPTIONS}


def answer_to(key: str, step: Any, random: Random, best: str = "") -> dict[str, Any]:
    """Return what a form holds that answers a step; ``best``, where it is shown, is liked most."""
    if key == "kano":
        there, absent = (
            random.choice(REPLIES[:2]),
            random.choice(REPLIES[2:4] if step.key == "o1" else REPLIES[2:]),
        )
        return {"functional": there.value, "dysfunctional": absent.value, "importance": "7"}
    if key == "buying":
        keys = random.sample(["o2", "o3", "o4", "o5"], 2)
        most = 6 if "credits" in step.data else 20
        return {f"for-{one}": str(random.randrange(1, most)) for one in [*keys, best] if one}
    if key == "drafts":
        frame, drive = random.choice(("M", "L")), random.choice(("Single", "Double"))
        return chosen(frame, "29", "Disc", "Front", drive)
    if key == "pairwise":
        return {"winner": min((one["key"] for one in step.data["sides"]), key=lambda one: (one != best, one))}
    if key == "opinions":
        number = int(step.key[1:])
        return {"stance": "agree" if number % 3 == 0 or random.random() < 0.3 else "disagree"}
    if key == "prices" and step.key == "intent":
        return {"cheap": "5", "expensive": "2"}
    if key == "prices":
        low = 20 + random.randrange(20)
        return {
            "too_cheap": str(low),
            "cheap": str(low + 12),
            "expensive": f"{low + 25},50",
            "too_expensive": str(low + 40),
        }
    shown = [one["key"] for one in step.data["shown"]]
    # The further up in the list, the likelier the best.
    order = sorted(shown, key=lambda option: (option != best, int(option[1:]) + random.random() * 4))
    return {"best": order[0], "worst": order[-1]}


def answers_of(key: str, definition: dict[str, Any], random: Random, best: str = "") -> dict[str, Any]:
    """Return the answers of one ballot."""
    one = INSTRUMENTS[key]
    seed, answers = random.randrange(10**6), dict[str, Any]()
    for _ in range(15):  # As many as are asked for, or as one likes.
        for step in [step for step in one.steps(definition, seed, answers) if step.key not in answers]:
            answers[step.key] = one.read_answer(definition, step, answer_to(key, step, random, best))
    return answers


class Round:
    """A co-design session with the people around it, through the services as users go."""

    def __init__(self, make: Any, session: Any) -> None:
        self.make, self.db = make, session
        self.by = make.user(roles=["product_manager"]).actor
        self.proposal = proposals.add_blank("Live cycle count", self.by.id, by=self.by)

    def open(self, key: str = "maxdiff", mode: str = "confidential", **values: Any) -> CodesignSession:
        """Begin, define and open a session."""
        held = service.begin(self.proposal.id, key, "What must live counting do first?", by=self.by)
        held = service.edit(held.id, {
            "title": held.title, "intro": "", "definition": definition_of(key), "mode": mode,
            "closes_at": now() + timedelta(days=14), "criterion_key": None, **values,
        }, held.version, by=self.by)  # fmt: skip
        return service.open_session(held.id, held.version, by=self.by)

    def invite(self, held: CodesignSession, *accounts: Any, people: int = 1) -> list[Participant]:
        """Invite contacts of accounts; returns their participations."""
        contacts = [self.make.contact(account_id=account.id) for account in accounts for _ in range(people)]
        inviting.invite(held.id, [one.id for one in contacts], "by hand", None, by=self.by)
        return [queries.participation(held.id, one.id) for one in contacts]

    def accounts(self, count: int, segment: str = "3PL") -> list[Any]:
        """Make accounts of a segment."""
        return [self.make.account(segment=segment) for _ in range(count)]

    def cast(self, participant: Participant, number: int = 0, best: str = "", **more: Any) -> casting.Outcome:
        """Cast a believable ballot."""
        held = queries.find(participant.session_id)
        answers = answers_of(held.instrument, held.definition, Random(number), best=best)
        draft = casting.Draft(number, answers, dict.fromkeys(answers, 12.0))
        return casting.cast(participant.id, draft, sealing.new_receipt(), secret=SECRET, **more)

    def result(self, held: CodesignSession) -> Tally:
        """Close and tally."""
        closing.close(held.id, None, by=self.by)
        found = closing.tally(held.id, secret=SECRET)
        assert found is not None
        return found
