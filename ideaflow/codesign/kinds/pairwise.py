"""A pairwise wiki survey, asked: which of two matters more, as many as one likes; and what is missing."""

import re
from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from ideaflow.codesign.counting.ballots import Ballot, recast
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.instruments.pairwise import Duel, Duels, Standing, next_pair
from ideaflow.codesign.kinds.contract import (
    Answers,
    Definition,
    Picture,
    Problem,
    Result,
    Row,
    Step,
    Table,
    Unanswered,
    height_of,
    told_apart,
)
from ideaflow.codesign.kinds.growing import Growing, added_of
from ideaflow.codesign.kinds.options import names_of, problems_of
from ideaflow.wording import share

LEAST, MOST, MOST_PAIRS = 4, 24, 60
AIM = 15
REASONS = ("alike", "unsure", "neither")
UNKNOWN = 10.0  # The variance of an option nobody compared yet: asked about before others.


class Pairwise(Growing):
    """What matters more, by many small choices, over a list that grows while it is asked."""

    key, name, asks = "pairwise", "Pairwise", "What matters more, and what did we not think of?"
    purpose = "Two at a time, as many as one likes; customers add what is missing. For lists that shall grow."
    asking = "codesign/kinds/pairwise_asking.html"
    results, shared = "codesign/kinds/pairwise_results.html", "codesign/kinds/pairwise_shared.html"
    method = (
        "Pairs were chosen so that each option was shown alike, then those that tell most; sides by lot. "
        "Scores are the mean chance to beat another by Bradley and Terry 1952; no account counts for more "
        "pairs than the one in the middle. What customers added was read by us before it was asked "
        "(Salganik and Levy 2015)."
    )

    def problems(self, definition: Definition) -> list[Problem]:
        return problems_of(definition["options"], LEAST, MOST)

    def aim(self, definition: Definition) -> int:
        return min(AIM, len(definition["options"]) * (len(definition["options"]) - 1) // 2)

    def minutes(self, definition: Definition) -> int:
        return -(-(self.aim(definition) * 10 + 30) // 60)

    def least_answers(self, definition: Definition, seed: int) -> int:
        return 1

    def steps(self, definition: Definition, seed: int, answers: Answers) -> list[Step]:
        options = {one["key"]: one for one in definition["options"]}
        if len(options) < LEAST:
            return []
        asked = [_step(key, options) for key in sorted(answers, key=_number)]
        pair = _next(definition, seed, answers) if len(asked) < MOST_PAIRS else None
        return [*asked, _step(f"{len(asked) + 1}-{pair[0]}-{pair[1]}", options)] if pair else asked

    def step(self, definition: Definition, seed: int, answers: Answers, key: str) -> Step | None:
        options = {one["key"]: one for one in definition["options"]}
        parts = key.split("-")
        if not re.fullmatch(r"\d{1,2}-\w{1,20}-\w{1,20}", key) or not {*parts[1:]} <= options.keys():
            return None
        if key in answers:
            return _step(key, options)
        # What others answered meanwhile may have changed the next pair; the one on the page counts.
        is_next = _number(key) == len(answers) + 1 <= MOST_PAIRS
        is_new = len({*parts[1:]}) == 2 and frozenset(parts[1:]) not in _seen(answers)
        return _step(key, options) if is_next and is_new else None

    def read_answer(self, definition: Definition, step: Step, form: Any) -> Any:
        winner, cannot = form.get("winner", ""), form.get("cannot", "")
        if winner in step.key.split("-")[1:]:
            return {"winner": winner}
        if cannot in REASONS:
            return {"winner": "", "reason": cannot}
        raise Unanswered("none")

    def places(self, definition: Definition, answers: Answers) -> Sequence[object]:
        return [one["winner"] == key.split("-")[1] for key, one in answers.items() if one["winner"]]

    def standing(self, definition: Definition, ballots: Sequence[Answers]) -> dict[str, Any] | None:
        from ideaflow.codesign.instruments import pairwise_tally

        typed = [Ballot("", _typed(one)) for one in ballots]
        found = pairwise_tally.standing(typed, [one["key"] for one in definition["options"]])
        return {
            "options": list(found.options), "exposure": list(found.exposure),
            "strength": list(found.strength), "covariance": [list(row) for row in found.covariance],
        }  # fmt: skip

    def tally(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], plan: Plan
    ) -> Result | NotEnough:
        from ideaflow.codesign.findings import pairwise as findings
        from ideaflow.codesign.instruments import pairwise_tally

        keys = [one["key"] for one in definition["options"]]
        found = pairwise_tally.tally([recast(one, _typed(one.answers)) for one in ballots], keys, plan)
        if isinstance(found, NotEnough):
            return found
        said = findings.finding(found, names_of(definition["options"]))
        rows = [
            {
                "option": one.option, "rank": one.rank, "score": one.score.value, "low": one.score.low,
                "high": one.score.high, "by_person": one.score.by_person, "wins": one.wins,
                "losses": one.losses, "undecided": one.undecided,
            }
            for one in found.options
        ]  # fmt: skip
        by_person = sorted(found.options, key=lambda one: -one.score.by_person)
        return {
            "order": [one["option"] for one in rows], "order_by_person": [one.option for one in by_person],
            "rows": rows, "finding": {"lead": said.lead, "rest": said.rest},
            "is_connected": found.is_connected, "undecided_share": found.undecided_share,
            "decided": found.side.decided,
            "side": left_words(found.side.left, found.side.decided, is_biased=found.side.is_biased),
            "reasons": _reasons(ballots), "accounts": found.care.accounts, "persons": found.care.persons,
        }  # fmt: skip

    def picture(self, definition: Definition, result: Result) -> Picture:
        names, new = names_of(definition["options"]), added_of(definition)
        first = result["rows"][0]
        rows = [
            {
                "name": names[one["option"]], "v": round(one["score"], 1), "lo": round(one["low"], 1),
                "hi": round(one["high"], 1), "on": one["high"] >= first["low"], "new": one["option"] in new,
            }
            for one in result["rows"]
        ]  # fmt: skip
        words = (
            "Ranked chances in percent to win against another option, with 95 % intervals; as in the table"
        )
        height = height_of(len(rows))
        return Picture("scores", {"rows": rows}, "Chance to win against another", words, height)

    def table(self, definition: Definition, result: Result) -> Table:
        names, new = names_of(definition["options"]), added_of(definition)
        rows = [
            [
                names[one["option"]], "a customer" if one["option"] in new else "us",
                f"{one['score']:.0f}", f"{one['low']:.0f}–{one['high']:.0f}", f"{one['by_person']:.0f}",
                one["wins"], one["losses"], one["undecided"],
            ]
            for one in result["rows"]
        ]  # fmt: skip
        foot = [f"{len(rows)} options", "", "", "", "", result["decided"], result["decided"], ""]
        head = ["Option", "By", "Score", "95 %", "By person", "Won", "Lost", "Undecided"]
        return Table(head, rows, foot, numbers=2)

    def segments_part(
        self, definition: Definition, whole: Result, segments: Mapping[str, Result]
    ) -> list[str]:
        names = names_of(definition["options"])

        def say(segment: str, one: Row, other: Row) -> str:
            return (
                f"{segment} puts “{names[one['option']]}” at rank {one['rank']}, all together at "
                f"{other['rank']}"
            )

        return told_apart(whole["rows"], {name: one["rows"] for name, one in segments.items()}, "score", say)


def left_words(left: int, decided: int, *, is_biased: bool) -> str:
    """Say how often the left side won, and whether that is more than chance.

    >>> left_words(60, 120, is_biased=False).replace("\\N{NARROW NO-BREAK SPACE}", " ")
    'The left side won 50 % of 120 decided pairs, as chance would have it.'
    """
    if not decided:
        return "No pair was decided."
    part = share(left / decided)
    chance = (
        "more or less than chance would have it; sides were drawn by lot, so no option gains by it"
        if is_biased
        else "as chance would have it"
    )
    return f"The left side won {part} of {decided:,} decided pairs, {chance}."


def _step(key: str, options: Mapping[str, Mapping[str, Any]]) -> Step:
    _, left, right = key.split("-")
    gone = {"name": "…", "note": ""}
    return Step(
        key, {"sides": [{"key": one, **options.get(one, gone)} for one in (left, right)], "reasons": REASONS}
    )


def _number(key: str) -> int:
    return int(key.split("-")[0])


def _seen(answers: Answers) -> set[frozenset[str]]:
    return {frozenset(key.split("-")[1:]) for key in answers}


def _next(definition: Definition, seed: int, answers: Answers) -> tuple[str, str] | None:
    """Choose the next pair: the same for the same seed, answers and standing."""
    keys = [one["key"] for one in definition["options"]]
    known: Mapping[str, Any] = definition.get("standing") or {}
    place = {key: number for number, key in enumerate(known.get("options", []))}
    own = [key for one in answers for key in one.split("-")[1:]]

    def of(name: str, key: str, missing: float) -> float:
        return float(known[name][place[key]]) if key in place else missing

    standing = Standing(
        tuple(keys),
        tuple(int(of("exposure", key, 0)) + own.count(key) for key in keys),
        tuple(of("strength", key, 0.0) for key in keys),
        tuple(
            tuple(
                float(known["covariance"][place[a]][place[b]])
                if a in place and b in place
                else UNKNOWN * (a == b)
                for b in keys
            )
            for a in keys
        ),
    )
    return next_pair(standing, _seen(answers), Random(f"{seed}-{len(answers)}"))  # noqa: S311 - Chance.


def _typed(answers: Answers) -> Duels:
    return [
        Duel(key.split("-")[1], key.split("-")[2], one["winner"] or None, one.get("reason", ""))
        for key, one in sorted(answers.items(), key=lambda one: _number(one[0]))
    ]


def _reasons(ballots: Sequence[Ballot[Answers]]) -> dict[str, int]:
    said = [
        one.get("reason", "") for ballot in ballots if not ballot.is_proxy for one in ballot.answers.values()
    ]
    return {reason: said.count(reason) for reason in REASONS}
