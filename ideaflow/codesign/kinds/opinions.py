"""Opinion groups, asked: agree, disagree or pass on statements; participants can add some."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from ideaflow.codesign.counting.ballots import Ballot, recast
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.instruments.opinions import LEAST_VOTES, Stance, Stances
from ideaflow.codesign.kinds.contract import (
    Answers,
    Definition,
    Picture,
    Problem,
    Result,
    Step,
    Table,
    Unanswered,
    height_of,
)
from ideaflow.codesign.kinds.growing import Growing, added_of
from ideaflow.codesign.kinds.options import names_of, problems_of
from ideaflow.wording import share

MOST = 24
STANCES = {"agree": Stance.AGREE, "disagree": Stance.DISAGREE, "pass": Stance.PASS}


class Opinions(Growing):
    """Where customers think alike, and on what they part."""

    key, name, asks = "opinions", "Opinion groups", "On what do all agree, and where do they part?"
    purpose = "Agree, disagree or pass on statements; groups of like mind, and what all of them agree on."
    asking = "codesign/kinds/opinions_asking.html"
    results, shared = "codesign/kinds/opinions_results.html", "codesign/kinds/opinions_shared.html"
    method = (
        "People of seven votes or more were put on a plane by two principal components and into two to five "
        "groups by k-means, as many as stand apart best (Small and others 2021). Consensus is the product of "
        "all groups’ agreement, so one group that is against brings it down. Groups under five people or "
        "accounts are not told of."
    )

    def problems(self, definition: Definition) -> list[Problem]:
        return problems_of(definition["options"], LEAST_VOTES, MOST, "statements")

    def minutes(self, definition: Definition) -> int:
        return -(-(len(definition["options"]) * 10 + 30) // 60)

    def least_answers(self, definition: Definition, seed: int) -> int:
        return LEAST_VOTES

    def may_skip(self, definition: Definition) -> bool:
        return False  # Passing is an answer.

    def steps(self, definition: Definition, seed: int, answers: Answers) -> list[Step]:
        statements = definition["options"]
        if len(statements) < LEAST_VOTES:
            return []
        shown: Mapping[str, int] = (definition.get("standing") or {}).get("shown", {})
        # What was answered stays where it was; of the rest, what fewest have seen comes first.
        order = sorted(
            statements,
            key=lambda one: (
                one["key"] not in answers,
                answers[one["key"]].get("at", 0) if one["key"] in answers else shown.get(one["key"], 0),
                Random(f"{seed}-{one['key']}").random(),  # noqa: S311 - An order by chance.
            ),
        )
        return [Step(one["key"], {"statement": one, "at": place}) for place, one in enumerate(order, 1)]

    def read_answer(self, definition: Definition, step: Step, form: Any) -> Any:
        if form.get("stance", "") not in STANCES:
            raise Unanswered("none")
        return {"stance": form["stance"], "at": step.data["at"]}

    def places(self, definition: Definition, answers: Answers) -> Sequence[object]:
        return [one["stance"] for one in answers.values()]

    def standing(self, definition: Definition, ballots: Sequence[Answers]) -> dict[str, Any] | None:
        keys = [one["key"] for one in definition["options"]]
        return {"shown": {key: sum(key in one for one in ballots) for key in keys}}

    def tally(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], plan: Plan
    ) -> Result | NotEnough:
        from ideaflow.codesign.findings import opinions as findings
        from ideaflow.codesign.instruments import opinions_tally

        names = names_of(definition["options"])
        found = opinions_tally.tally([recast(one, _typed(one.answers)) for one in ballots], list(names), plan)
        if isinstance(found, NotEnough):
            return found
        said = findings.finding(found, names)
        rows = [
            {
                "option": one.statement, "consensus": _figure(one.consensus),
                "agreed": [one.agreed.value, one.agreed.low, one.agreed.high],
                "by_person": one.agreed.by_person,
                "groups": [stance and round(stance.agreement, 4) for stance in one.groups],
                "is_agreed_by_all": one.is_agreed_by_all,
            }
            for one in found.statements
        ]  # fmt: skip
        by_person = sorted(found.statements, key=lambda one: -one.agreed.by_person)
        return {
            "order": [one["option"] for one in rows], "order_by_person": [one.statement for one in by_person]
            if len(found.sizes) == 1 else [one["option"] for one in rows],
            "rows": rows, "finding": {"lead": said.lead, "rest": said.rest}, "sizes": list(found.sizes),
            "separation": found.separation, "explained": list(found.explained), "ungrouped": found.ungrouped,
            "accounts": found.care.accounts, "persons": found.care.persons,
        }  # fmt: skip

    def picture(self, definition: Definition, result: Result) -> Picture:
        names, new = names_of(definition["options"]), added_of(definition)
        rows = [
            {
                "name": names[one["option"]], "all": one["agreed"], "groups": one["groups"],
                "on": one["is_agreed_by_all"], "new": one["option"] in new,
            }
            for one in result["rows"]
        ]  # fmt: skip
        data = {"rows": rows, "sizes": result["sizes"]}
        words = (
            "Share of accounts that agree with each statement, with interval, and of each group of opinion"
        )
        height = height_of(len(rows))
        return Picture("opinions", data, "Who agrees, group by group", words, height)

    def table(self, definition: Definition, result: Result) -> Table:
        names, groups = names_of(definition["options"]), range(len(result["sizes"]))
        rows = [
            [
                names[one["option"]], "yes" if one["is_agreed_by_all"] else "",
                "" if one["consensus"] is None else f"{one['consensus'][0]:.3f}",
                share(one["agreed"][0]), f"{100 * one['agreed'][1]:.0f}–{100 * one['agreed'][2]:.0f}",
                share(one["by_person"]),
                *("hidden" if one["groups"][n] is None else share(one["groups"][n]) for n in groups),
            ]
            for one in result["rows"]
        ]  # fmt: skip
        sizes = ["" if one is None else f", {one}" for one in result["sizes"]]
        head = ["Statement", "By all", "Consensus", "Agree", "95 %", "By person"]
        return Table([*head, *(f"Group {'ABCDE'[n]}{sizes[n]}" for n in groups)], rows, numbers=2)


def _figure(figure: Any) -> list[float] | None:
    return None if hasattr(figure, "reason") else [figure.value, figure.low, figure.high]


def _typed(answers: Answers) -> Stances:
    return {key: STANCES[one["stance"]] for key, one in answers.items()}
