"""Design drafts, asked: put your own together from modules, options and rules; fork, amend."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from ideaflow.codesign.configurator.advice import Review
from ideaflow.codesign.configurator.forks import Draft, tree
from ideaflow.codesign.configurator.parts import Design, faults
from ideaflow.codesign.counting.ballots import Ballot, own
from ideaflow.codesign.counting.figures import NotEnough, Plan
from ideaflow.codesign.findings import drafts as words
from ideaflow.codesign.kinds import drafts_form as forms
from ideaflow.codesign.kinds.contract import (
    Answers,
    Definition,
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
from ideaflow.codesign.kinds.drafts_board import Board, board_of
from ideaflow.codesign.kinds.drafts_form import KEY as KEY
from ideaflow.codesign.kinds.drafts_hiding import hidden_of, without
from ideaflow.codesign.kinds.options import names_of
from ideaflow.wording import percent

LONGEST_SKETCH = 1_000


@dataclass(frozen=True)
class Laid:
    """A design, laid out when it is shown: steps are also only counted."""

    definition: Definition
    chosen: tuple[str, ...]

    def __call__(self, chosen: Sequence[str] = ()) -> Board:
        """Lay it out; with what a form chose that was refused, if it did."""
        return board_of(self.definition, chosen or self.chosen)


class Drafts(Instrument):
    """How customers would build it themselves."""

    key, name, asks = "drafts", "Design drafts", "How would you build it?"
    purpose = (
        "Customers put it together from your modules, see price and lead time at once, and build on each "
        "other’s drafts: shares of options, what goes together, the design of most."
    )
    editor, asking = "codesign/kinds/drafts_editor.html", "codesign/kinds/drafts_asking.html"
    results, shared = "codesign/kinds/drafts_results.html", "codesign/kinds/drafts_shared.html"
    room = "portal_designs.index"
    can_be_anonymous = False
    method = (
        "Participants chose options under rules that were solved exactly; price and lead time followed each "
        "choice, and whatever was blocked said why. Shares are of each participant’s last draft. Lift is how "
        "much more often two options go together than if one knew nothing of the other; likeness is the mean "
        "Jaccard likeness of the drafts of two accounts."
    )

    takes: ClassVar[Mapping[str, str]] = forms.TAKES
    currencies: ClassVar[Sequence[tuple[str, str]]] = [(one, one) for one in forms.CURRENCIES]

    def blank(self) -> Definition:
        return forms.blank()

    def blank_modules(self, definition: Definition, count: int) -> list[dict[str, str]]:
        """Return modules that are not written yet, for the editor's form."""
        return [{"key": key, "name": "", "takes": "one"} for key in forms.free_module_keys(definition, count)]

    def blank_options(self, module: Mapping[str, str], count: int) -> list[dict[str, Any]]:
        """Return options that are not written yet, for the editor's form."""
        line = {"key": "", "name": "", "note": "", "price": 0, "days": 0, "amount": 0}
        return [{**line, "module": module["key"]} for _ in range(count)]

    def named(self, definition: Definition, design: Design) -> str:
        """Return a design by the names of its options."""
        return ", ".join(one["name"] for one in definition["options"] if one["key"] in design)

    def price_of(self, definition: Definition, design: Design) -> int:
        """Return what a design costs."""
        return forms.advisor_of(definition).kit.price_of(design)

    def read(self, form: Any) -> Definition:
        return forms.read(form)

    def problems(self, definition: Definition) -> list[Problem]:
        return forms.problems_of(definition)

    def review(self, definition: Definition) -> Review | None:
        """Return what an editor should know of the kit; None while there is something to mend."""
        return None if self.problems(definition) else forms.advisor_of(definition).review(forms.MOST_COUNTED)

    def steps(self, definition: Definition, seed: int, answers: Answers) -> list[Step]:
        if not definition["options"] or not definition["modules"]:
            return []
        chosen = answers.get(KEY, {}).get("options", ())
        return [Step(KEY, {"board": Laid(definition, tuple(chosen))})]

    def read_answer(self, definition: Definition, step: Step, form: Any) -> Any:
        kit = forms.advisor_of(definition).kit
        design = read_choices(definition, form)
        if faults(kit, design):
            raise Unanswered("open" if board_of(definition, design).missing else "clash")
        sketch = " ".join(form.get("sketch", "").split())
        if len(sketch) > LONGEST_SKETCH:
            raise Unanswered("long")
        return {"options": sorted(design), "sketch": sketch}

    def prepare(self, definition: Definition) -> None:
        advisor = forms.advisor_of(definition)
        if advisor.needs_solver:
            advisor.warm()

    def minutes(self, definition: Definition) -> int:
        return max(2, -(-len(definition["modules"]) * 30 // 60))

    def tally(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], plan: Plan
    ) -> Result | NotEnough:
        from ideaflow.codesign.configurator import drafts_tally

        kit = forms.kit_of(definition)
        typed = [
            Ballot(one.account, frozenset(one.answers[KEY]["options"]), one.segment, one.is_proxy)
            for one in ballots
        ]
        found = drafts_tally.tally(typed, kit, plan)
        if isinstance(found, NotEnough):
            return found
        weeks = drafts_tally.convergence(_weeks(own(ballots)), kit)
        told, bare = (
            words.finding(found, kit, definition["currency"], weeks, with_shares=one) for one in (True, False)
        )
        rows = [
            {
                "option": one.option, "share": one.share.value, "low": one.share.low, "high": one.share.high,
                "by_person": one.share.by_person, "on": one.option in found.modal,
            }
            for one in found.shares
        ]  # fmt: skip
        nearest = found.nearest
        return {
            "order": [one["option"] for one in sorted(rows, key=lambda one: -float(str(one["share"])))],
            "rows": rows,
            "pairs": [
                [one.first, one.second, one.together, one.lift.value, one.lift.low, one.lift.high]
                for one in found.pairs[:12]
            ],
            "weeks": [
                [one.week, None if isinstance(one.likeness, NotEnough) else one.likeness, one.drafts]
                for one in weeks
            ],
            "modal": sorted(found.modal), "is_valid": found.is_modal_valid,
            "nearest": sorted(nearest.design) if nearest else [],
            "price": nearest.price if nearest else 0, "days": nearest.days if nearest else 0,
            "tree": _tree(own(ballots)), "finding": {"lead": told.lead, "rest": told.rest},
            "bare": {"lead": bare.lead, "rest": bare.rest}, "accounts": found.care.accounts,
        }  # fmt: skip

    def guarded(
        self, definition: Definition, ballots: Sequence[Ballot[Answers]], whole: Result,
        segments: Mapping[str, Result],
    ) -> tuple[Result, dict[str, Result]]:  # fmt: skip
        in_whole, by_segment = hidden_of(definition, ballots)
        return without(whole, in_whole), {
            name: without(one, {option for option, segment in by_segment if segment == name})
            for name, one in segments.items()
        }

    def picture(self, definition: Definition, result: Result) -> Picture:
        names, modules = names_of(definition["options"]), _module_names(definition)
        rows = [
            {
                "name": names[one["option"]], "module": modules[one["option"]],
                "v": round(100 * one["share"], 1), "lo": round(100 * one["low"], 1),
                "hi": round(100 * one["high"], 1), "on": one["on"],
            }
            for one in _told(result)
        ]  # fmt: skip
        told = "Share of last drafts with each option, by module, with 95 % intervals; the same in the table"
        height = "h220" if len(rows) < 7 else "h300" if len(rows) < 12 else "h380"
        return Picture("optionShares", {"rows": rows}, "What went into the drafts", told, height)

    def table(self, definition: Definition, result: Result) -> Table:
        names, modules = names_of(definition["options"]), _module_names(definition)
        prices = {one["key"]: one["price"] for one in definition["options"]}
        rows = [
            [
                modules[one["option"]], names[one["option"]], prices[one["option"]],
                *_cells(one), "yes" if one["on"] else "",
            ]
            for one in result["rows"]
        ]  # fmt: skip
        head = [
            "Module",
            "Option",
            f"Price, {definition['currency']}",
            "Share",
            "95 %",
            "By person",
            "Of most",
        ]
        return Table(head, rows, numbers=2)

    def segments_part(
        self, definition: Definition, whole: Result, segments: Mapping[str, Result]
    ) -> list[str]:
        names = names_of(definition["options"])

        def say(segment: str, one: Row, other: Row) -> str:
            said = f"{segment} takes “{names[one['option']]}” in {percent(one['share'])} of drafts"
            return f"{said}; all together {percent(other['share'])}"

        rows = {name: _told(one) for name, one in segments.items()}
        return told_apart(_told(whole), rows, "share", say)


def _told(result: Result) -> list[Row]:
    """Return the rows of a result that have numbers."""
    return [one for one in result["rows"] if one["share"] is not None]


def _cells(row: Row) -> list[str]:
    if row["share"] is None:
        return ["hidden", "", ""]
    between = f"{100 * row['low']:.1f}–{100 * row['high']:.1f}"
    return [percent(row["share"], 1), between, percent(row["by_person"], 1)]


def read_choices(definition: Definition, form: Any) -> Design:
    """Return the options a form chooses: fields are called after their module, or after the option."""
    keys = {one["key"]: one["module"] for one in definition["options"]}
    chosen = {form.get(f"pick-{module}", "") for module in keys.values()}
    chosen |= {key for key in keys if form.get(f"pick-{key}") == key}
    return frozenset(chosen & keys.keys())


def _weeks(ballots: Sequence[Ballot[Answers]]) -> dict[str, list[Ballot[Design]]]:
    """Return by week each participant's draft as it stood at its end."""
    kept = [(one, one.answers[KEY].get("weeks", {})) for one in ballots]
    weeks = sorted({week for _, of_it in kept for week in of_it if re.fullmatch(r"\d{4}-W\d\d", week)})
    found: dict[str, list[Ballot[Design]]] = {week: [] for week in weeks}
    for week in weeks:
        for ballot, of_it in kept:
            known = [each for each in of_it if each <= week]
            if known:
                found[week].append(Ballot(ballot.account, frozenset(of_it[max(known)]), ballot.segment))
    return found


def _tree(ballots: Sequence[Ballot[Answers]]) -> list[dict[str, Any]]:
    """Return who built on which draft, by number: no names, staff look them up."""
    known = {
        number: Draft(number, str(number), parent)
        for one in ballots
        for number, parent in one.answers[KEY].get("drafts", ())
    }
    return [
        {"draft": one.draft.number, "parent": one.draft.parent, "depth": one.depth, "forks": one.forks}
        for one in tree(list(known.values()))
    ]


def _module_names(definition: Definition) -> dict[str, str]:
    modules = {one["key"]: one["name"] for one in definition["modules"]}
    return {one["key"]: modules[one["module"]] for one in definition["options"]}
