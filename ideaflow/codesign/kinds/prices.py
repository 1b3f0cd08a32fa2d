"""Van Westendorp's prices, asked: at which price too cheap, a bargain, expensive, too expensive."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from ideaflow.codesign.counting.ballots import Ballot, recast
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.findings.words import price
from ideaflow.codesign.instruments.prices import PriceAnswer
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
)

PRICES = ("too_cheap", "cheap", "expensive", "too_expensive")
CURRENCIES = ("EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CZK", "JPY")
LONGEST_OFFER, LONGEST_UNIT, MOST = 300, 60, 1e9
POINTS = (("lowest", "PMC"), ("highest", "PME"), ("indifferent", "IDP"), ("optimal", "OPP"))
POINT_WORDS = {
    "lowest": "Lowest acceptable", "highest": "Highest acceptable", "indifferent": "Cheap as often as dear",
    "optimal": "Least resistance",
}  # fmt: skip


class Prices(Instrument):
    """Between which prices an offer is acceptable."""

    key, name, asks = "prices", "Prices", "What may it cost?"
    purpose = (
        "Four prices a person, from too cheap to too expensive: the band most accept, and its best point."
    )
    editor, asking = "codesign/kinds/prices_editor.html", "codesign/kinds/prices_asking.html"
    results, shared = "codesign/kinds/prices_results.html", "codesign/kinds/prices_shared.html"
    method = (
        "Each named four rising prices (van Westendorp 1976). Curves are shares of accounts; where two cross "
        "is a point of the band, on straight lines between the prices that were named. Where likelihoods of "
        "buying were asked, 5 to 1 count as 70, 50, 30, 10 and 0 % (Newton, Miller and Smith 1993)."
    )

    def blank(self) -> Definition:
        return {"offer": "", "unit": "", "currency": "EUR", "intent": True}

    def read(self, form: Any) -> Definition:
        return {
            "offer": form.get("offer", "").strip(), "unit": " ".join(form.get("unit", "").split()),
            "currency": form.get("currency", "").strip().upper(), "intent": bool(form.get("intent")),
        }  # fmt: skip

    def problems(self, definition: Definition) -> list[Problem]:
        found: list[Problem] = []
        if not definition["offer"] or len(definition["offer"]) > LONGEST_OFFER:
            reason = f"Say what the price is for, in at most {LONGEST_OFFER} characters."
            found.append({"field": "offer", "reason": reason})
        if len(definition["unit"]) > LONGEST_UNIT:
            found.append({"field": "unit", "reason": f"At most {LONGEST_UNIT} characters."})
        if not re.fullmatch("[A-Z]{3}", definition["currency"]):
            found.append({"field": "currency", "reason": "Choose a currency."})
        return found

    def steps(self, definition: Definition, seed: int, answers: Answers) -> list[Step]:
        if not definition["offer"]:
            return []
        asked = [Step("prices", {"names": PRICES})]
        if definition["intent"]:
            asked.append(Step("intent", {"prices": answers.get("prices", {})}))
        return asked

    def minutes(self, definition: Definition) -> int:
        return 2

    def read_answer(self, definition: Definition, step: Step, form: Any) -> Any:
        if step.key == "intent":
            chosen = [str(form.get(name, "")) for name in ("cheap", "expensive")]
            if any(one not in set("12345") for one in chosen):
                raise Unanswered("intent")
            return {"cheap": int(chosen[0]), "expensive": int(chosen[1])}
        named = [read_price(form.get(name, "")) for name in PRICES]
        wrong = [f"no-{place}" for place, value in enumerate(named) if value is None]
        wrong += [
            f"order-{place}"
            for place, (low, high) in enumerate(pairwise(named), 1)
            if low is not None and high is not None and high <= low
        ]
        if wrong:
            raise Unanswered(" ".join(wrong))
        return dict(zip(PRICES, named, strict=True))

    def tally(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], plan: Plan
    ) -> Result | NotEnough:
        from ideaflow.codesign.findings import prices as findings
        from ideaflow.codesign.instruments import prices_tally

        found = prices_tally.tally([recast(one, _typed(one.answers)) for one in ballots], plan)
        if isinstance(found, NotEnough):
            return found
        said = findings.finding(found, definition["currency"])
        return {
            "order": [], "finding": {"lead": said.lead, "rest": said.rest},
            "points": [{"key": key, "code": code, **_point(getattr(found, key))} for key, code in POINTS],
            "curves": {name: list(getattr(found.curves, name)) for name in ("prices", *PRICES)},
            "demand": _demand(found.demand), "intransitive": found.intransitive_share,
            "accounts": found.care.accounts, "persons": found.care.persons,
        }  # fmt: skip

    def picture(self, definition: Definition, result: Result) -> Picture:
        named = {one["key"]: one for one in result["points"]}
        rows = [
            {"name": one["code"], "v": one.get("value"), "lo": one.get("low"), "hi": one.get("high")}
            for one in result["points"]
        ]
        band = [named[key].get("value") for key in ("lowest", "highest")]
        data = {
            "rows": rows, "curves": result["curves"], "band": band if None not in band else None,
            "currency": price(0, definition["currency"]).rstrip("0"), "unit": definition["unit"],
        }  # fmt: skip
        words = "Share of accounts that find each price too cheap, a bargain, expensive and too expensive"
        return Picture("prices", data, "How prices are taken", words)

    def table(self, definition: Definition, result: Result) -> Table:
        currency = definition["currency"]
        rows: list[list[object]] = [
            [f"{POINT_WORDS[one['key']]} ({one['code']})", *_cells(one, currency)] for one in result["points"]
        ]
        if result["demand"]:
            rows += [
                [words, *_cells(result["demand"][key], currency)]
                for key, words in (("most_bought", "Most would buy at"), ("most_revenue", "Earns most at"))
            ]
        return Table(["Price", "At", "95 %", "By person"], rows)

    def segments_part(
        self, definition: Definition, whole: Result, segments: Mapping[str, Result]
    ) -> list[str]:
        currency, told = definition["currency"], []
        usual = {one["key"]: one for one in whole["points"]}
        for segment, result in segments.items():
            points = {one["key"]: one for one in result["points"]}
            apart = [
                key
                for key in ("lowest", "highest")
                if "value" in points[key] and "value" in usual[key]
                and (points[key]["low"] > usual[key]["high"] or points[key]["high"] < usual[key]["low"])
            ]  # fmt: skip
            if apart and all("value" in points[key] for key in ("lowest", "highest")):
                ends = [price(points[key]["value"], currency) for key in ("lowest", "highest")]
                told.append(f"{segment} accepts {ends[0]} to {ends[1]}")
        return told[:4]


def read_price(typed: str) -> float | None:
    """Return a price as people type it, with point or comma; None where it is none above 0.

    >>> read_price("€ 1.250,50"), read_price("1,250"), read_price("12,5"), read_price("dear"), read_price("0")
    (1250.5, 1250.0, 12.5, None, None)
    """
    kept = re.sub(r"[\s'’_]|[A-Za-z]{3}|[€$£¥]", "", typed)
    if not re.fullmatch(r"\d[\d.,]{0,18}", kept):
        return None
    last = max(kept.rfind("."), kept.rfind(","))
    if last >= 0 and (len(kept) - last - 1 != 3 or len({".", ","} & set(kept)) == 2):
        whole, cents = re.sub("[.,]", "", kept[:last]), kept[last + 1 :]
    else:  # Three digits after the only mark: thousands.
        whole, cents = re.sub("[.,]", "", kept), ""
    value = float(f"{whole or 0}.{cents or 0}")
    return value if 0 < value <= MOST else None


def _typed(answers: Answers) -> PriceAnswer:
    low, cheap, dear, high = (float(answers["prices"][name]) for name in PRICES)
    intent = answers.get("intent", {})
    return PriceAnswer(low, cheap, dear, high, intent.get("cheap"), intent.get("expensive"))


def _point(figure: Any) -> dict[str, Any]:
    if hasattr(figure, "reason"):
        return {"undefined": figure.reason}
    return {"value": figure.value, "low": figure.low, "high": figure.high, "by_person": figure.by_person}


def _demand(found: Any) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"most_bought": _point(found.most_bought_at), "most_revenue": _point(found.most_revenue_at)}


def _cells(one: Mapping[str, Any], currency: str) -> list[str]:
    if "undefined" in one:
        return ["undefined", "", ""]
    between = f"{price(one['low'], currency)}–{price(one['high'], currency)}"
    return [price(one["value"], currency), between, price(one["by_person"], currency)]
