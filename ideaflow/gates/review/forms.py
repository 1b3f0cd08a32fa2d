"""What comes from a form of the gates, as typed values."""

from datetime import date

from werkzeug.datastructures import MultiDict

from ideaflow.errors import Invalid
from ideaflow.gates.process.definition import Gate
from ideaflow.gates.review.deciding import Verdict, Wanted

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
    """Return the decision with what belongs to it; conditions without a text are left out.

    :raises Invalid: a day or a person cannot be read.
    """
    return Verdict(
        decision=form.get("decision", ""),
        reason=form.get("reason", ""),
        revisit_on=read_day(form.get("revisit_on", ""), "revisit_on"),
        target_stage=form.get("target_stage", "") or None,
        changes=form.get("changes", "").splitlines(),
        conditions=_conditions(form) if form.get("decision", "") == "conditional_go" else (),
    )


def read_day(text: str, field: str) -> date | None:
    """Return a day written as 2027-01-15; None when nothing is written.

    :raises Invalid: it is no such day.
    """
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        reason = f"“{text[:20]}” is no day; write it as 2027-01-15."
        raise Invalid(f"Nothing was changed. {reason}", [{"field": field, "reason": reason}]) from error


def _conditions(form: Form) -> list[Wanted]:
    wanted = []
    columns = (form.getlist(f"condition-{name}") for name in ("text", "owner", "due", "consequence"))
    for text, owner, due, consequence in zip(*columns, strict=False):
        if not text.strip():
            continue
        day = read_day(due, "conditions")
        if day is None:
            reason = f"“{text}” needs a day by when."
            raise Invalid(f"Nothing was decided. {reason}", [{"field": "conditions", "reason": reason}])
        wanted.append(
            Wanted(text, int(owner) if owner.isdigit() and len(owner) < 16 else 0, day, consequence)
        )
    return wanted
