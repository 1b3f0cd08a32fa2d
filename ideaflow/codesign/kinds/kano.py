"""Kano, asked: for each feature how it were to have it, how it were without it, and how much it matters."""

from collections.abc import Mapping, Sequence
from typing import Any

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.counting.hiding import hide
from ideaflow.codesign.instruments.kano import REPLIES, KanoAnswer, KanoAnswers, Reply, is_straight_lined
from ideaflow.codesign.kinds.contract import (
    Answers,
    Definition,
    Finding,
    Instrument,
    Picture,
    Problem,
    Result,
    Step,
    Table,
    Unanswered,
)
from ideaflow.codesign.kinds.options import names_of, problems_of, read_options

CATEGORY_WORDS = {
    "M": "must be there", "O": "the more the better", "A": "delights", "I": "leaves them cold",
    "R": "unwelcome", "Q": "contradictory",
}  # fmt: skip


class Kano(Instrument):
    """Which features are missed when absent, and which please when present."""

    key, name, asks = "kano", "Kano", "What must be there, and what delights?"
    purpose = "Two short questions a feature sort it: expected, wanted, delightful, indifferent or unwelcome."
    editor, asking = "codesign/kinds/options_editor.html", "codesign/kinds/kano_asking.html"
    results, shared = "codesign/kinds/kano_results.html", "codesign/kinds/kano_shared.html"
    method = (
        "Each feature was asked twice, there and not there; the pair gives its category (Kano 1984). "
        "Better is the share for whom it would satisfy, worse the share for whom its lack would annoy. Two "
        "categories are named where the difference may be chance (Fong 1996)."
    )

    def blank(self) -> Definition:
        return {"options": [], "importance": True}

    def read(self, form: Any) -> Definition:
        return {"options": read_options(form), "importance": bool(form.get("importance"))}

    def problems(self, definition: Definition) -> list[Problem]:
        return problems_of(definition["options"], 1, 12, "features")

    def steps(self, definition: Definition, seed: int, answers: Answers) -> list[Step]:
        more = {"importance": definition["importance"], "replies": [one.value for one in REPLIES]}
        return [Step(one["key"], {"option": one, **more}) for one in definition["options"]]

    def minutes(self, definition: Definition) -> int:
        return -(-(len(definition["options"]) * 30 + 30) // 60)

    def read_answer(self, definition: Definition, step: Step, form: Any) -> Any:
        there, absent = form.get("functional", ""), form.get("dysfunctional", "")
        if there not in set(Reply) or absent not in set(Reply):
            raise Unanswered("both")
        answer: dict[str, Any] = {"functional": there, "dysfunctional": absent}
        if definition["importance"]:
            weight = str(form.get("importance", ""))
            if weight not in set("123456789"):
                raise Unanswered("importance")
            answer["importance"] = int(weight)
        return answer

    def is_straight(self, definition: Definition, answers: Answers) -> bool:
        return is_straight_lined(_typed(answers))

    def tally(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], plan: Plan
    ) -> Result | NotEnough:
        from ideaflow.codesign.instruments import kano_tally

        typed = [Ballot(one.account, _typed(one.answers), one.segment) for one in ballots]
        found = kano_tally.tally(typed, [one["key"] for one in definition["options"]], plan)
        if isinstance(found, NotEnough):
            return found
        features = [
            {
                "option": one.option, "label": one.label, "category": one.category.value,
                "is_clear": one.is_clear, "counts": {key.value: count for key, count in one.counts.items()},
                "better": [one.better.value, one.better.low, one.better.high],
                "worse": [one.worse.value, one.worse.low, one.worse.high],
                "importance": one.importance.value if one.importance else None,
                "category_strength": one.category_strength, "total_strength": one.total_strength,
            }
            for one in found.features
        ]  # fmt: skip
        return {
            "order": [one["option"] for one in features], "features": features,
            "too_few": list(found.too_few), "accounts": found.care.accounts, "persons": found.care.persons,
        }  # fmt: skip

    def finding(self, definition: Definition, result: Result) -> Finding:
        names = names_of(definition["options"])
        clear = [one for one in result["features"] if one["is_clear"]]
        said = [
            f"{_list([names[one['option']] for one in clear if one['category'] == key])} {words}"
            for key, words in (
                ("M", "must be there"), ("O", "please the more there is of them"), ("A", "would delight"),
                ("R", "would do harm"),
            )
            if any(one["category"] == key for one in clear)
        ]  # fmt: skip
        lead = "; ".join(said) + "." if said else "No feature falls clearly into one category."
        open_ones = [names[one["option"]] for one in result["features"] if not one["is_clear"]]
        rest = f"Still open between two categories: {_list(open_ones)}." if open_ones and said else ""
        return Finding(lead[:1].upper() + lead[1:], rest)

    def picture(self, definition: Definition, result: Result) -> Picture:
        names = names_of(definition["options"])
        rows = [
            {
                "name": names[one["option"]], "label": one["label"], "x": one["better"], "y": one["worse"],
                "size": one["importance"] or 5, "category": one["category"],
            }
            for one in result["features"]
        ]  # fmt: skip
        words = "Features by how much they would satisfy and how much their lack would annoy, with intervals"
        return Picture("kano", {"rows": rows}, "Better with it, worse without it", words)

    def table(self, definition: Definition, result: Result) -> Table:
        names = names_of(definition["options"])
        rows = [
            [
                names[one["option"]], ", ".join(CATEGORY_WORDS[key] for key in one["label"].split("/")),
                *_cells(one["counts"]),
                *(f"{v:.2f} ({low:.2f} to {high:.2f})" for v, low, high in (one["better"], one["worse"])),
                "" if one["importance"] is None else f"{one['importance']:.1f}",
            ]
            for one in result["features"]
        ]  # fmt: skip
        head = ["Feature", "Is", "Must", "More", "Delight", "Cold", "Unwelcome", "Contradictory", "Better",
                "Worse", "Importance"]  # fmt: skip
        return Table(head, rows, numbers=2)


def _cells(counts: Mapping[str, int]) -> list[object]:
    """Return persons by category; cells under five, and what would give them away, are hidden.

    >>> _cells({"M": 3, "O": 9, "A": 12, "I": 5, "R": 1})
    ['·', 9, 12, '·', '·', 0]
    """
    asked = {key: counts.get(key, 0) for key in "MOAIRQ"}
    shown = hide(asked).shown
    return [count if key in shown else "·" for key, count in asked.items()]


def _typed(answers: Answers) -> KanoAnswers:
    return {
        option: KanoAnswer(Reply(one["functional"]), Reply(one["dysfunctional"]), one.get("importance"))
        for option, one in answers.items()
    }


def _list(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
