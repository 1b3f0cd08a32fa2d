"""What happened to a proposal, told in one line each. Pure rules."""

from collections.abc import Mapping, Sequence
from typing import Any

FIELDS = {
    "title": "the title", "value": "the value", "problem": "the problem", "type": "the type",
    "strategy": "the strategy", "arena": "the arena", "benefit_who": "who benefits",
    "benefit_metric": "the measure", "benefit_baseline": "the baseline", "benefit_target": "the target",
    "benefit_by": "the day of the benefit", "impact": "impact", "confidence": "confidence",
    "effort_months": "effort", "asked_amount": "the sum asked for", "asked_people": "the people asked for",
}  # fmt: skip


def words_of(action: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    """Say what an audited action did, without who did it.

    >>> words_of("proposals.hand_over", {"owner": "Maren Holt"}, {"owner": "Jon Abel"})
    'handed it over to Jon Abel'
    >>> words_of("proposals.set_score", {"impact": 1.0}, {"impact": 2.0})
    'set impact from 1 to 2'
    """
    then, now = before or {}, after or {}
    verb = action.rpartition(".")[2]
    if verb in {"edit", "set_score"}:
        return _changed(then, now)
    told = {
        "add": "began it",
        "promote": f"promoted it from {_themes(now)}",
        "open_by_rule": f"opened it for {_themes(now)} by a rule",
        "set_estimates": f"estimated {_estimated(now)}",
        "ask_merge": f"asked to merge it into {now.get('into', '')}",
        "decline_merge": f"left it apart from {now.get('into', '')}",
        "merge": f"merged it into {now.get('into', '')}",
        "take_in": f"merged {now.get('from', '')} into it",
        "split": f"split it into {_listed(now.get('children', []))}",
        "split_off": f"split it off {now.get('from', '')}",
        "revive": f"took it up again from {now.get('from', '')}",
        "taken_up": f"took it up again as {now.get('as', '')}",
        "hand_over": f"handed it over to {now.get('owner', '')}",
        "withdraw": "withdrew it",
        "lock": "locked it for a review",
        "unlock": "opened it for changes",
        "close": "closed it",
        "speak_to": f"said what {_evidence(now)} speaks to",
        "freeze": f"froze the numbers {_occasion(now)}",
        "add_evidence": f"added {_evidence(now)}",
        "remove_evidence": f"removed {_evidence(then)}",
    }
    return told.get(verb, verb.replace("_", " "))


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def _estimated(after: Mapping[str, Any]) -> str:
    """Name the inputs of a score that were estimated: “present value and launch cost”."""
    names = [str(key).replace("_", " ") for key in sorted(after)]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more inputs"]
    return _listed(names)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    numbers = [name for name in ("impact", "confidence", "effort_months") if name in after]
    if numbers and len(numbers) == len(after):
        return "set " + ", ".join(_from_to(name, before.get(name), after[name]) for name in numbers)
    # JSON keeps no order of its own: tell the title before the estimates, as the form does.
    order = list(FIELDS)
    known = sorted(after, key=lambda name: order.index(name) if name in FIELDS else len(order))
    names = [FIELDS.get(name, name) for name in known]
    if len(names) > 3:
        names = [*names[:2], f"{len(names) - 2} more fields"]
    return "changed " + (" and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0])


def _from_to(name: str, before: Any, after: Any) -> str:
    word = FIELDS.get(name, name)
    if after is None:
        return f"{word} to nothing"
    return f"{word} to {after:g}" if before is None else f"{word} from {before:g} to {after:g}"


def _occasion(after: Mapping[str, Any]) -> str:
    reason = str(after.get("reason", ""))
    return "when promoted" if reason == "promoted" else reason


def _themes(after: Mapping[str, Any]) -> str:
    numbers = [str(number) for number in after.get("theme_ids", [])]
    return f"theme {numbers[0]}" if len(numbers) == 1 else f"themes {', '.join(numbers)}"


def _evidence(values: Mapping[str, Any]) -> str:
    name = str(values.get("name", ""))
    kind = str(values.get("kind", "evidence")).replace("competitor_move", "competitor’s move")
    return f"{kind} “{name}”" if name else kind
