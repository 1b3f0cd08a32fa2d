"""MaxDiff, asked: of four options at a time, which matters most and which least."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.instruments.maxdiff import MaxDiffAnswers, SetAnswer
from ideaflow.codesign.instruments.maxdiff_designs import Design, design, sets_for
from ideaflow.codesign.kinds.contract import (
    Answers,
    Definition,
    Finding,
    Instrument,
    Picture,
    Problem,
    Result,
    Row,
    Step,
    Table,
    Unanswered,
    told_apart,
)
from ideaflow.codesign.kinds.options import names_of, problems_of, read_options
from ideaflow.wording import percent

LEAST, MOST = 5, 20
MANY = 12  # From so many options on each is shown three times, not four: answering stays under five minutes.


class MaxDiff(Instrument):
    """What comes first among things that are all wanted."""

    key, name, asks = "maxdiff", "MaxDiff", "What comes first?"
    purpose = (
        "Of four at a time, the most and the least important: a ranking with distances, where stars tie."
    )
    editor, asking = "codesign/kinds/options_editor.html", "codesign/kinds/maxdiff_asking.html"
    results, shared = "codesign/kinds/maxdiff_results.html", "codesign/kinds/maxdiff_shared.html"
    method = (
        "Options were shown in balanced sets of four, their order drawn anew for each participant. Shares "
        "come from best and worst counts by the closed-form logit (Lipovetsky and Conklin 2014) and add up "
        "to 100 %. Beside stands a conditional logit on the sets as they were shown."
    )

    def blank(self) -> Definition:
        return {"options": []}

    def read(self, form: Any) -> Definition:
        return {"options": read_options(form)}

    def problems(self, definition: Definition) -> list[Problem]:
        return problems_of(definition["options"], LEAST, MOST)

    def steps(self, definition: Definition, seed: int, answers: Answers) -> list[Step]:
        options = {one["key"]: one for one in definition["options"]}
        if len(options) < LEAST:
            return []
        shown = sets_for(_design(len(options)), list(options), "", seed)
        return [
            Step(f"set{place}", {"shown": [options[key] for key in one]})
            for place, one in enumerate(shown, start=1)
        ]

    def read_answer(self, definition: Definition, step: Step, form: Any) -> Any:
        shown = [one["key"] for one in step.data["shown"]]
        best, worst = form.get("best", ""), form.get("worst", "")
        if best not in shown or worst not in shown:
            raise Unanswered("both")
        if best == worst:
            raise Unanswered("same")
        return {"shown": shown, "best": best, "worst": worst}

    def places(self, definition: Definition, answers: Answers) -> Sequence[object]:
        return [
            (one["shown"].index(one["best"]), one["shown"].index(one["worst"])) for one in answers.values()
        ]

    def tally(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], plan: Plan
    ) -> Result | NotEnough:
        from ideaflow.codesign.instruments import maxdiff_tally
        from ideaflow.codesign.kinds.maxdiff_ranks import first_holds

        options = [one["key"] for one in definition["options"]]
        typed = [Ballot(one.account, _typed(one.answers), one.segment) for one in ballots]
        found = maxdiff_tally.tally(typed, options, plan)
        if isinstance(found, NotEnough):
            return found
        rows = [
            {
                "option": one.option, "shown": one.shown, "best": one.best, "worst": one.worst,
                "share": one.share.value, "low": one.share.low, "high": one.share.high,
                "by_person": one.share.by_person, "utility": one.utility, "error": one.error,
                "rank": one.rank, "best_rank": one.best_rank, "worst_rank": one.worst_rank,
                "logit_share": one.logit_share,
            }
            for one in found.items
        ]  # fmt: skip
        return {
            "order": [one["option"] for one in rows], "rows": rows,
            "order_by_person": [
                one["option"] for one in sorted(rows, key=lambda one: -float(str(one["by_person"])))
            ],
            "sets": sum(len(one.answers) for one in ballots), "accounts": found.care.accounts,
            "persons": found.care.persons, "first_holds": first_holds(typed, options, plan),
        }  # fmt: skip

    def finding(self, definition: Definition, result: Result) -> Finding:
        names = names_of(definition["options"])
        first, second = result["rows"][:2]
        name = names[first["option"]]
        if first["low"] > second["high"] or first["worst_rank"] == 1:
            lead = f"“{name}” matters {_more(first['share'], second['share'])} anything else:"
        else:
            lead = f"“{name}” comes first, if by a little:"
        rest = (
            f"{percent(first['share'], 1)} against {percent(second['share'], 1)}. The first rank holds in "
            f"{round(100 * result['first_holds'])} of 100 resamples."
        )
        last = max((one["rank"] for one in result["rows"] if one["best_rank"] <= 2), default=1)
        if last > 2:
            rest += f" Ranks 2 to {last} cannot be told apart."
        return Finding(lead, rest)

    def picture(self, definition: Definition, result: Result) -> Picture:
        names = names_of(definition["options"])
        rows = [
            {
                "name": names[one["option"]], "v": round(100 * one["share"], 1),
                "lo": round(100 * one["low"], 1), "hi": round(100 * one["high"], 1), "on": one["rank"] == 1,
            }
            for one in result["rows"]
        ]  # fmt: skip
        even = round(100 / len(rows), 1)
        words = "Ranked shares of importance with 95 % intervals; the same numbers stand in the table"
        return Picture("shares", {"rows": rows, "even": even}, "Share of importance", words)

    def table(self, definition: Definition, result: Result) -> Table:
        names = names_of(definition["options"])
        rows = [
            [
                names[one["option"]], one["best"], one["worst"], percent(one["share"], 1),
                f"{100 * one['low']:.1f}–{100 * one['high']:.1f}", percent(one["by_person"], 1),
                percent(one["logit_share"], 1),
            ]
            for one in result["rows"]
        ]  # fmt: skip
        foot = [
            f"{len(rows)} options, {result['sets']:,} sets",
            result["sets"],
            result["sets"],
            percent(1, 1),
        ]
        head = ["Option", "Best", "Worst", "Share", "95 %", "By person", "Logit"]
        return Table(head, rows, [*foot, "", "", ""])

    def segments_part(
        self, definition: Definition, whole: Result, segments: Mapping[str, Result]
    ) -> list[str]:
        names = names_of(definition["options"])

        def say(segment: str, one: Row, other: Row) -> str:
            return (
                f"{segment} puts “{names[one['option']]}” at rank {one['rank']}, "
                f"{percent(one['share'], 1)} ({100 * one['low']:.0f}–{100 * one['high']:.0f}); "
                f"all together at {other['rank']}"
            )

        return told_apart(whole["rows"], {name: one["rows"] for name, one in segments.items()}, "share", say)


@lru_cache(maxsize=64)
def _design(count: int) -> Design:
    return design(count, times=4 if count <= MANY else 3)


def _typed(answers: Answers) -> MaxDiffAnswers:
    return [SetAnswer(tuple(one["shown"]), one["best"], one["worst"]) for one in answers.values()]


def _more(first: float, second: float) -> str:
    """Return how much more the first matters than the next, as one says it.

    >>> _more(0.24, 0.16), _more(0.3, 0.15), _more(0.2, 0.19)
    ('half as much again as', 'about twice as much as', 'more than')
    """
    times = first / second if second else 9.0
    for least, words in (
        (2.4, "more than twice as much as"), (1.8, "about twice as much as"),
        (1.4, "half as much again as"), (1.2, "a quarter more than"),
    ):  # fmt: skip
        if times >= least:
            return words
    return "more than"
