"""What a pack says beside words and numbers: trend, proof, what changed, risks, the plan. Pure values."""

from collections.abc import Mapping, Sequence
from typing import Any

from ideaflow import wording
from ideaflow.gates.process.definition import Definition, Gate
from ideaflow.gates.review import case, tally
from ideaflow.wording import plural

Pack = Mapping[str, Any]
COMPARED = {
    "title": "Title", "value": "Value", "problem": "Problem", "arena": "Arena", "type": "Type",
    "strategy": "Strategy", "owner": "Owner", "benefit_target": "Benefit target",
    "asked_amount": "Money asked", "asked_people": "People asked",
}  # fmt: skip
LARGE_SHARE = 0.5
MOST_AGAINST = 3


def musts_of(gate: Gate, pack: Pack, currency: str) -> list[dict[str, Any]]:
    """Return the must-meets of a gate, those that fill themselves with what they rest on."""
    rows = []
    for criterion in gate.must:
        met = tally.check_auto(criterion, pack["facts"]) if criterion.auto else None
        word = "answered by gatekeepers" if not criterion.auto else "met" if met else "not met"
        why = case.proof_of(criterion, pack, currency) or criterion.question
        rows.append({"name": criterion.name, "is_met": met, "word": word, "why": why})
    return rows


def since_last(pack: Pack, last: Pack | None, currency: str) -> list[str]:
    """Say what changed since the pack of the last gate, a line each."""
    if last is None:
        return []
    now, then = pack["proposal"], last["proposal"]
    lines = [
        f"{name}: {_short(then.get(key))} → {_short(now.get(key))}"
        for key, name in COMPARED.items()
        if _said(then.get(key)) != _said(now.get(key))
    ]
    words = case.changes_since(last["numbers"], pack["numbers"], currency)
    return lines + ([f"Asked for by: {words}"] if words else [])


def risks_of(pack: Pack) -> list[str]:
    """Return what speaks against it by its own numbers, a sentence each."""
    numbers, found = pack["numbers"], []
    share = float(numbers.get("top_account_share") or 0)
    if share >= LARGE_SHARE:
        found.append(f"{numbers['top_account_name']} is {wording.share(share)} of the revenue behind it.")
    if numbers.get("trend") in ("fading", "one_customer", "artefact"):
        found.append(f"The trend is: {wording.TREND_WORDS[str(numbers['trend'])]}.")
    waived = [one["name"] for one in pack["deliverables"] if one["status"] == "waived"]
    if waived:
        found.append(f"Waived: {', '.join(waived)}.")
    found += [
        f"A study speaks against it: {one['name']}, {one['finding']}."
        for one in numbers.get("studies") or ()
        if one.get("outcome") == "against"
    ]
    found += [
        f"The condition “{wording.shorten(one['text'], 80)}” is {one['state']}."
        for one in pack["conditions"]
        if one["state"] in ("open", "claimed", "lapsed")
    ]
    missing = case.benefit_missing(pack["proposal"])
    return found + ([f"The benefit is not complete: {', '.join(missing)}."] if missing else [])


def against_of(pack: Pack, doubts: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return what speaks against it, the weightiest first, each with who says it; at most a few.

    Studies come first, then what gatekeepers held against it at earlier gates, then evidence that shrank.

    :param doubts: of earlier gates: ``text``, ``who``, and ``points``, the fewer the weightier.
    """
    found = [
        {"text": str(one["finding"]), "who": f"{one['name']}, {study_words(one, with_finding=False)}"}
        for one in pack["numbers"].get("studies") or ()
        if one.get("outcome") == "against"
    ]
    weighed = sorted(doubts, key=lambda one: one["points"])
    found += [{"text": str(one["text"]), "who": str(one["who"])} for one in weighed]
    found += [
        {"text": f"{line['name']}: {', '.join(line['worse'])}", "who": f"{line['kind']}, since it was added"}
        for group in pack.get("evidence") or ()
        for line in group["lines"]
        if line["worse"]
    ]
    return found[:MOST_AGAINST]


def kill_if(gate: Gate) -> list[str]:
    """Return what would end it at this gate, by the rules of the process."""
    final = [criterion.name for criterion in gate.must if not criterion.can_be_condition]
    lines = [f"“{name}” is not met" for name in final]
    return [*lines, f"a score below {gate.pass_score:g}, or one criterion below {gate.floor:g}"]


def plan_to_next(content: Definition, gate: Gate) -> dict[str, Any]:
    """Return what comes after a go: the stage, its days, what is done and delivered there."""
    if gate.before is None:
        return {}
    stage = content.stage(gate.before)
    return {
        "stage": stage.name, "gate": content.gate_after(stage.key).name, "days_p50": stage.days_p50,
        "days_p85": stage.days_p85,
        "deliverables": [one.name for one in stage.deliverables if one.is_required],
    }  # fmt: skip


def readiness_of(content: Definition, done: Sequence[str], pack: Pack) -> dict[str, Any]:
    """Return how far the launch is prepared: deliverables of the last stage, and what its gate asks.

    :param done: keys of deliverables that lie on the table, whatever their stage.
    """
    stage, gate = content.stages[-1], content.gates[-1]
    wanted = [one for one in stage.deliverables if one.is_required]
    filled = [tally.check_auto(one, pack["facts"]) for one in gate.must if one.auto]
    return {
        "done": sum(one.key in done for one in wanted), "wanted": len(wanted),
        "musts_met": sum(one is True for one in filled), "musts": [one.name for one in gate.must],
    }  # fmt: skip


def trend_words(trend: Pack) -> str:
    """Say a trend with its interval and q: “growing, 2.1× usual (95 %: 1.3–3.4), q .02”."""
    word = wording.TREND_WORDS.get(str(trend.get("word") or ""), "too few to say")
    if not trend.get("ratio"):
        return word
    parts = [f"{word}, {wording.times(float(trend['ratio']))} usual"]
    if trend.get("low") is not None and trend.get("high") is not None:
        parts.append(f"(95 %: {float(trend['low']):.1f}–{float(trend['high']):.1f})")
    if trend.get("q") is not None:
        parts.append(f"q {float(trend['q']):.2f}")
    return " ".join(parts[:2]) + (f", {parts[2]}" if len(parts) > 2 else "")


def study_words(study: Pack, *, with_finding: bool = True) -> str:
    """Say how a study was made, with how many took part, and what it found."""
    people = plural(int(study.get("participant_count") or 0), "person", "people")
    accounts = plural(int(study.get("account_count") or 0), "account")
    method = str(study.get("method") or "study").replace("_", " ")
    found = f": {study.get('finding') or study.get('outcome')}" if with_finding else ""
    return f"{method}, {people} of {accounts}{found}"


def _said(value: Any) -> str:
    return str(value or "").strip()


def _short(value: Any) -> str:
    return wording.shorten(_said(value), 60) or "nothing"
