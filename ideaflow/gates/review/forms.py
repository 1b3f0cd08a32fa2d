"""What comes from a form of the gates, as typed values."""

from decimal import Decimal, InvalidOperation
from typing import NoReturn

from werkzeug.datastructures import MultiDict

from ideaflow import typed
from ideaflow.errors import Invalid
from ideaflow.gates.process.definition import Gate
from ideaflow.gates.review.verdicts import NoticePlan, Verdict, Wanted

Form = MultiDict[str, str]


def read_scorecard(
    form: Form, gate: Gate
) -> tuple[dict[str, int], dict[str, bool], dict[str, str], str | None]:
    """Return points, answers, remarks and vote; what was left out is left out.

    :raises Invalid: points are no number.
    """
    points: dict[str, int] = {}
    problems: list[dict[str, object]] = []
    for criterion in gate.should:
        given = form.get(f"points-{criterion.key}", "").strip()
        if given and not (given.isascii() and given.isdigit() and len(given) < 4):
            problems.append(
                {"field": criterion.key, "reason": f"{criterion.name}: “{given[:20]}” is no number."}
            )
        elif given:
            points[criterion.key] = int(given)
    if problems:
        raise Invalid(
            "The scorecard was not handed in. " + " ".join(str(one["reason"]) for one in problems), problems
        )
    answers = {
        criterion.key: form.get(f"answer-{criterion.key}") == "yes"
        for criterion in gate.manual_must
        if form.get(f"answer-{criterion.key}", "") in ("yes", "no")
    }
    criteria = (*gate.should, *gate.manual_must)
    notes = {criterion.key: form.get(f"note-{criterion.key}", "") for criterion in criteria}
    return points, answers, notes, form.get("vote", "") or None


def read_verdict(form: Form) -> Verdict:
    """Return the decision with what belongs to it; what belongs to another decision is left out.

    :raises Invalid: a day, a person or an amount cannot be read.
    """
    decision = form.get("decision", "")
    is_override = decision == "override"
    decision = "go" if is_override else decision
    is_go = decision in ("go", "conditional_go")
    return Verdict(
        decision=decision,
        reason=form.get("reason", ""),
        is_override=is_override,
        revisit_on=typed.day(form.get("revisit_on", ""), "revisit_on") if decision == "hold" else None,
        wake_rule=_wake_rule(form) if decision == "hold" else {},
        target_stage=form.get("target_stage", "") or None,
        changes=form.get("changes", "").splitlines(),
        conditions=_conditions(form) if decision == "conditional_go" else (),
        granted_amount=read_amount(form.get("granted_amount", ""), "granted_amount") if is_go else None,
        granted_people=read_count(form.get("granted_people", ""), "granted_people") if is_go else None,
        next_gate_on=typed.day(form.get("next_gate_on", ""), "next_gate_on") if is_go else None,
        reason_code=form.get(f"reason_code_{decision}", "") if decision in ("kill", "hold") else "",
        salvage=form.get("salvage", "") if decision == "kill" else "",
        notice=_notice(form) if decision == "kill" else None,
    )


def read_amount(text: str, field: str) -> Decimal | None:
    """Return an amount of money; None when nothing is written.

    :raises Invalid: it is no amount.
    """
    plain = text.strip().replace("\u202f", "").replace(" ", "").replace(",", "")
    if not plain:
        return None
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        _refuse(field, f"“{text[:20]}” is no amount; write it as 160000.")
    return amount


def read_count(text: str, field: str) -> int | None:
    """Return a whole number; None when nothing is written.

    :raises Invalid: it is none.
    """
    plain = text.strip()
    if plain and not (plain.isascii() and plain.isdigit() and len(plain) < 8):
        _refuse(field, f"“{text[:20]}” is no whole number.")
    return int(plain) if plain else None


def _wake_rule(form: Form) -> dict[str, object]:
    rule: dict[str, object] = {"trend": "growing"} if form.get("wake_trend") else {}
    accounts = read_count(form.get("wake_accounts", ""), "wake_rule")
    return rule | ({"accounts": accounts} if accounts is not None else {})


def _notice(form: Form) -> NoticePlan | None:
    day = typed.day(form.get("notice_due", ""), "notice")
    if day is None or not form.get("notice_words", "").strip():
        return None
    return NoticePlan(typed.number(form.get("notice_teller")) or 0, day, form.get("notice_words", ""))


def _refuse(field: str, reason: str) -> NoReturn:
    raise Invalid(f"Nothing was changed. {reason}", [{"field": field, "reason": reason}])


def _conditions(form: Form) -> list[Wanted]:
    wanted = []
    columns = (form.getlist(f"condition-{name}") for name in ("text", "owner", "due", "consequence"))
    for text, owner, due, consequence in zip(*columns, strict=False):
        if not text.strip():
            continue
        day = typed.day(due, "conditions")
        if day is None:
            reason = f"“{text}” needs a day by when."
            raise Invalid(f"Nothing was decided. {reason}", [{"field": "conditions", "reason": reason}])
        wanted.append(Wanted(text, typed.number(owner) or 0, day, consequence))
    return wanted
