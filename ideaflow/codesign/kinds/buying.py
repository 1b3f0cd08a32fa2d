"""Buy-a-feature, asked: what an account buys with its budget, alone and then together; or votes."""

from collections.abc import Mapping, Sequence
from typing import Any

from ideaflow.codesign.counting.ballots import Ballot, recast
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.instruments.buying import (
    CREDITS,
    Budget,
    Offer,
    budget_for,
    fault_of_pledge,
    fault_of_votes,
    problems_of_offers,
)
from ideaflow.codesign.kinds.buying_result import money_result, money_table, votes_result, votes_table
from ideaflow.codesign.kinds.contract import (
    Answers,
    Definition,
    Instrument,
    Picture,
    Problem,
    Result,
    Step,
    Table,
    Unanswered,
    height_of,
)
from ideaflow.codesign.kinds.options import names_of, problems_of, read_options

LEAST, MOST, DEAREST = 4, 15, 100_000_000
SOLO, POOL, VOTES = "solo", "pool", "votes"


class Buying(Instrument):
    """What customers would give something up for."""

    key, name, asks = "buying", "Buy a feature", "What would they give something up for?"
    purpose = (
        "Each account has the same budget, too small for everything: alone first, then together. Or votes "
        "that cost their square."
    )
    editor, asking = "codesign/kinds/buying_editor.html", "codesign/kinds/buying_asking.html"
    results, shared = "codesign/kinds/buying_results.html", "codesign/kinds/buying_shared.html"
    method = (
        "Every account had the same budget, spent together by its people; some options cost more than one "
        "budget (Hohmann 2006). Totals were hidden in the solo round and open in the pooling round, where "
        "nothing is paid beyond a price. Quadratic votes cost their square of 100 credits a person (Lalley "
        "and Weyl 2018)."
    )
    can_be_anonymous = False  # What an account spent would tell what it bought.

    def blank(self) -> Definition:
        return {"options": [], "part": 40, "quadratic": False, "round": SOLO}

    def read(self, form: Any) -> Definition:
        named = zip(form.getlist("option_name"), form.getlist("option_price"), strict=False)
        prices = [_whole(typed) for name, typed in named if name.strip()]
        options = read_options(form)
        prices += [None] * (len(options) - len(prices))
        priced = [{**one, "price": price or 0} for one, price in zip(options, prices, strict=False)]
        part = _whole(form.get("part", "")) or 0
        return {"options": priced, "part": part, "quadratic": form.get("way") == VOTES, "round": SOLO}

    def problems(self, definition: Definition) -> list[Problem]:
        found = problems_of(definition["options"], LEAST, MOST)
        if definition["quadratic"] or found:
            return found
        names = names_of(definition["options"])
        reasons = problems_of_offers(offers_of(definition), budget_of(definition))
        for key, name in names.items():
            reasons = [reason.replace(f"“{key}”", f"“{name}”") for reason in reasons]
        found += [{"field": "options", "reason": reason} for reason in reasons]
        if any(offer.price > DEAREST for offer in offers_of(definition)):
            found.append({"field": "options", "reason": f"A price is at most {DEAREST:,}."})
        if not 33 <= definition["part"] <= 50:
            found.append({"field": "part", "reason": "From 33 to 50 percent of everything."})
        return found

    def steps(self, definition: Definition, seed: int, answers: Answers) -> list[Step]:
        options = definition["options"]
        if len(options) < LEAST:
            return []
        if definition["quadratic"]:
            return [Step(VOTES, {"options": options, "credits": CREDITS})]
        known = definition.get("standing") or {}
        budget, pooled = budget_of(definition), known.get("pooled", {})
        colleagues = int(known.get("colleagues", 0))
        data = {
            "options": options, "budget": budget.amount, "left": budget.amount - colleagues,
            "colleagues": colleagues, "beyond": budget.beyond, "is_open": definition["round"] == POOL,
            "pooled": {one["key"]: int(pooled.get(one["key"], 0)) for one in options},
        }  # fmt: skip
        return [Step(definition["round"], data)]

    def minutes(self, definition: Definition) -> int:
        return 4

    def is_asked_again(self, definition: Definition, answers: Answers) -> bool:
        return not definition["quadratic"] and definition["round"] == POOL and POOL not in answers

    def read_answer(self, definition: Definition, step: Step, form: Any) -> Any:
        typed = {one["key"]: str(form.get(f"for-{one['key']}", "")).strip() for one in definition["options"]}
        if not any(typed.values()):
            raise Unanswered("none")
        given = {key: _whole(value, signed=step.key == VOTES) for key, value in typed.items() if value}
        wrong = [key for key, amount in given.items() if amount is None]
        if wrong:
            raise Unanswered("number " + " ".join(wrong))
        kept = {key: amount for key, amount in given.items() if amount}
        if step.key == VOTES:
            fault = fault_of_votes(kept)
        else:
            pooled = step.data["pooled"] if step.data["is_open"] else None
            fault = fault_of_pledge(kept, offers_of(definition), step.data["left"], pooled)
        if fault:
            raise Unanswered(fault)
        return kept

    def tally(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], plan: Plan
    ) -> Result | NotEnough:
        from ideaflow.codesign.instruments import buying_tally

        names = names_of(definition["options"])
        if definition["quadratic"]:
            typed = [recast(one, one.answers[VOTES]) for one in ballots if VOTES in one.answers]
            return votes_result(typed, names, plan)
        offers, amount = offers_of(definition), budget_of(definition).amount
        rounds = {
            name: buying_tally.tally(
                [recast(one, one.answers[name]) for one in ballots if name in one.answers],
                offers,
                amount,
                plan,
            )
            for name in (SOLO, POOL)
        }
        main = POOL if not isinstance(rounds[POOL], NotEnough) else SOLO
        found = rounds[main]
        if isinstance(found, NotEnough):
            return found
        return money_result(rounds, main, ballots, names, amount)

    def picture(self, definition: Definition, result: Result) -> Picture:
        names = names_of(definition["options"])
        height = height_of(len(names))
        if definition["quadratic"]:
            rows = [
                {"name": names[one["option"]], "v": round(one["votes"], 1), "lo": round(one["low"], 1),
                 "hi": round(one["high"], 1), "on": one["low"] > 0}
                for one in result["rows"]
            ]  # fmt: skip
            ends = [abs(value) for one in rows for value in (one["lo"], one["hi"])]
            reach = -(-max([*ends, 1]) // 2) * 2
            data = {"rows": rows, "min": -reach, "max": reach, "even": 0, "unit": ""}
            return Picture(
                "scores", data, "Votes an account", "Mean quadratic votes with 95 % intervals", height
            )
        rounds = result["rounds"][result["main"]]["rows"]
        bars = [
            {
                "name": names[one["option"]],
                "price": one["price"],
                "parts": one["parts"],
                "on": one["is_funded"],
            }
            for one in rounds
        ]
        words = "Money pledged to each option, one piece an account, against its price; as in the table"
        title = "Pledges against prices, " + (
            "pooling round" if result["main"] == POOL else "each account by itself"
        )
        return Picture("pledges", {"rows": bars, "budget": result["budget"]}, title, words, height)

    def table(self, definition: Definition, result: Result) -> Table:
        names = names_of(definition["options"])
        return votes_table(result, names) if definition["quadratic"] else money_table(result, names)

    def segments_part(
        self, definition: Definition, whole: Result, segments: Mapping[str, Result]
    ) -> list[str]:
        names, told = names_of(definition["options"]), []
        for segment, result in segments.items():
            if result["order"] and result["order"][0] != whole["order"][0]:
                told.append(
                    f"{segment} puts most on “{names[result['order'][0]]}”, all together on "
                    f"“{names[whole['order'][0]]}”"
                )
        return told[:4]


def offers_of(definition: Definition) -> list[Offer]:
    """Return what is on offer, at its price."""
    return [Offer(one["key"], one["price"]) for one in definition["options"]]


def budget_of(definition: Definition) -> Budget:
    """Return what each account may spend in a round."""
    return budget_for(offers_of(definition), definition["part"] / 100)


def _whole(typed: str, *, signed: bool = False) -> int | None:
    """Return a whole number as people type it; None where it is none.

    >>> _whole("1 200"), _whole("1.200"), _whole("-3"), _whole("-3", signed=True), _whole("1.5")
    (1200, 1200, None, -3, None)
    """
    kept = typed.strip().replace("−", "-")
    sign, kept = (-1, kept[1:]) if signed and kept[:1] == "-" else (1, kept)
    groups = kept.replace(" ", ".").replace("\N{NO-BREAK SPACE}", ".").replace(",", ".").split(".")
    grouped = len(groups) == 1 or (0 < len(groups[0]) <= 3 and all(len(one) == 3 for one in groups[1:]))
    digits = "".join(groups)
    return (
        sign * int(digits) if grouped and digits.isascii() and digits.isdigit() and len(digits) < 12 else None
    )
