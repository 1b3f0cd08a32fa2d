"""Prepare a launch: who carries a check, when it is expected, what shows it, and who looked at that.

A check turns green by a measure or by evidence that somebody other than who added it confirmed; a waiver
is such evidence too. Evidence is never edited: it is withdrawn, and added anew.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now, today
from ideaflow.db import among, transaction
from ideaflow.errors import Conflict, Forbidden, Invalid, NotFound
from ideaflow.launch import items as rules
from ideaflow.launch import planning
from ideaflow.launch.changing import check_for_change, launch_for_change, owners
from ideaflow.launch.items import Item
from ideaflow.launch.measuring import measure
from ideaflow.launch.models import CheckEvidence, CheckStanding, LaunchCell, ReadinessCheck
from ideaflow.proposals.policy import is_web_address
from ideaflow.saving import refuse, save
from ideaflow.users.models import User
from ideaflow.users.policy import Right

LARGEST_FILE = 10 * 1024**2
LONGEST_NOTE = 2_000
SHARES = (0.5, 1.0)


@dataclass(frozen=True)
class Proof:
    """Evidence as somebody gives it.

    :param cell_id: which cell it shows it for; None: every cell of the check.
    :param share: ½ or 1, how much of it is shown.
    """

    cell_id: int | None = None
    share: float = 1.0
    note: str = ""
    url: str = ""
    file_name: str = ""
    file_type: str = ""
    content: bytes | None = None
    valid_until_on: date | None = None


def assign(check_id: int, owner_id: int | None, version: int, *, by: Actor) -> ReadinessCheck:
    """Say who carries a check; nobody is possible, and shown as such.

    :raises Invalid: they cannot carry it.
    :raises Overtaken: it was changed by somebody else since.
    """
    with transaction() as session:
        check, _launch = check_for_change(session, check_id)
        owners(session, [("owner_id", owner_id)], Right.PREPARE)
        save(check, {"owner_id": owner_id}, version, "launch.assign_check", by=by)
    return check


def forecast(check_id: int, day: date | None, note: str, version: int, *, by: Actor) -> ReadinessCheck:
    """Say when a check is expected to pass, and why then; None: on its due day.

    :raises Invalid: the day is past.
    """
    with transaction() as session:
        check, _launch = check_for_change(session, check_id)
        _carrier(session, check, by)
        problems: list[dict[str, object]] = []
        if day is not None and day < today():
            problems.append(
                {"field": "forecast_on", "reason": "That day is past. When do you expect it now?"}
            )
        if day is not None and day > check.due_on and not note.strip():
            problems.append({"field": "forecast_note", "reason": "Say in a word what it waits for."})
        refuse(problems, "The day was not saved.")
        values = {"forecast_on": day, "forecast_note": note.strip()[:300]}
        save(check, values, version, "launch.forecast_check", by=by, reason=note.strip())
    return check


def add_evidence(check_id: int, proof: Proof, *, by: Actor) -> CheckEvidence:
    """Add a file or a link that shows that a check holds; it counts once somebody else confirmed it.

    :raises Invalid: it is neither a file nor a link, too large, or valid until a day that is past.
    """
    with transaction() as session:
        check, _launch = check_for_change(session, check_id)
        if check.rule.get("kind") != rules.EVIDENCE:
            raise Conflict(f"“{check.title}” is measured from records. Change those, or ask for a waiver.")
        refuse(_proof_problems(proof), "The evidence was not added.")
        _cell_of(session, check, proof.cell_id)
        evidence = CheckEvidence(
            check_id=check.id, cell_id=proof.cell_id, share=proof.share, note=proof.note.strip(),
            url=proof.url.strip(), file_name=proof.file_name, file_type=proof.file_type,
            file_bytes=proof.content, valid_until_on=proof.valid_until_on, added_by_id=_person(by),
            added_at=now(),
        )  # fmt: skip
        session.add(evidence)
        after = {"url": evidence.url, "file": evidence.file_name, "until": evidence.valid_until_on}
        audit.record(by, "launch.add_evidence", check, after=after)
        measure(session, [check.launch_id])
    return evidence


def ask_waiver(
    check_id: int, cell_id: int | None, reason: str, until: date | None, *, by: Actor
) -> CheckEvidence:
    """Ask that a check is not asked of a cell, or of none; somebody else who plans launches agrees or not.

    :raises Invalid: there is no reason.
    """
    with transaction() as session:
        check, _launch = check_for_change(session, check_id)
        _carrier(session, check, by)
        problems: list[dict[str, object]] = []
        if not 0 < len(reason.strip()) <= LONGEST_NOTE:
            problems.append({"field": "reason", "reason": "Say why it may be left out."})
        if until is not None and until < today():
            problems.append({"field": "until", "reason": "That day is past. Choose a later one, or none."})
        refuse(problems, "The waiver was not asked for.")
        _cell_of(session, check, cell_id)
        waiver = CheckEvidence(
            check_id=check.id, cell_id=cell_id, note=reason.strip(), is_waiver=True, valid_until_on=until,
            added_by_id=_person(by), added_at=now(),
        )  # fmt: skip
        session.add(waiver)
        audit.record(by, "launch.ask_waiver", check, after={"cell": cell_id}, reason=waiver.note)
    return waiver


def confirm(evidence_id: int, *, by: Actor) -> CheckEvidence:
    """Say, as a second person, that one has looked and it shows what the rule asks; a waiver is agreed to.

    :raises Forbidden: it is one's own, or a waiver and one does not plan launches.
    :raises Conflict: it is confirmed or withdrawn already, or expired.
    """
    with transaction() as session:
        evidence, check = _evidence_for_change(session, evidence_id)
        if evidence.added_by_id == by.id:
            raise Forbidden("You added it, so somebody else looks at it. Ask a colleague to confirm it.")
        if evidence.is_waiver and not session.get_one(User, _person(by)).may(Right.LAUNCH):
            raise Forbidden("Only somebody who plans launches agrees to leave a check out.")
        if evidence.confirmed_at is not None:
            raise Conflict("It is confirmed already.")
        if evidence.valid_until_on is not None and evidence.valid_until_on < today():
            raise Conflict("It has expired meanwhile. Ask for newer evidence.")
        evidence.confirmed_by_id, evidence.confirmed_at = _person(by), now()
        session.flush()
        action = "launch.agree_waiver" if evidence.is_waiver else "launch.confirm_evidence"
        audit.record(by, action, check, after={"evidence": evidence.id, "added_by": evidence.added_by_id})
        measure(session, [check.launch_id])
    return evidence


def withdraw(evidence_id: int, reason: str, *, by: Actor) -> CheckEvidence:
    """Take evidence back, or refuse what waits to be confirmed; what stood on it turns red.

    What counts already only those take back who showed it, looked at it, carry the check or plan the launch.

    :raises Invalid: there is no reason.
    """
    with transaction() as session:
        evidence, check = _evidence_for_change(session, evidence_id)
        if evidence.confirmed_at is not None and by.id not in (
            evidence.added_by_id,
            evidence.confirmed_by_id,
        ):
            _carrier(session, check, by)
        if not 0 < len(reason.strip()) <= LONGEST_NOTE:
            say = "Say why, so that whoever added it knows what to do."
            raise Invalid(say, [{"field": "reason", "reason": say}])
        take_back(session, check, [evidence], reason, by=by)
    return evidence


def take_back(
    session: Session, check: ReadinessCheck, evidence: Collection[CheckEvidence], reason: str, *, by: Actor
) -> None:
    """Withdraw evidence of one check, inside the caller's transaction."""
    for one in evidence:
        # What is green by it turns first: the database lets nothing stand on evidence that is gone.
        measure(session, [check.launch_id], without=one.id)
        one.withdrawn_at, one.withdrawn_reason = now(), reason.strip()
        audit.record(
            by, "launch.withdraw_evidence", check, before={"evidence": one.id}, reason=reason.strip()
        )


def add_check(
    launch_id: int, item: Item, owner_id: int | None, cell_ids: Collection[int], *, by: Actor
) -> ReadinessCheck:
    """Ask one more thing of a launch than its template does.

    :param cell_ids: in which cells; none: wherever the item applies.
    :raises Invalid: it has no rule, or says something else that cannot be.
    """
    with transaction() as session:
        launch = launch_for_change(session, launch_id)
        taken = session.scalars(select(ReadinessCheck.key).where(ReadinessCheck.launch_id == launch.id)).all()
        item = rules.read({**item.plain(), "key": rules.key_for(item.title, taken)})
        refuse(rules.item_problems(item), "The check was not added.")
        owners(session, [("owner_id", owner_id)], Right.PREPARE)
        due_on = launch.launch_on - timedelta(item.due_days_before)
        check = ReadinessCheck(
            launch_id=launch.id, key=item.key, title=item.title, function=item.function, rule=item.rule,
            weight=item.weight, is_blocking=item.is_blocking, channels="some" if cell_ids else item.channels,
            owner_id=owner_id, due_on=due_on,
        )  # fmt: skip
        session.add(check)
        session.flush()
        _stand_in(session, check, cell_ids)
        planning.spread(session, launch)
        audit.record(by, "launch.add_check", check, after=item.plain())
        measure(session, [launch.id])
    return check


def _stand_in(session: Session, check: ReadinessCheck, cell_ids: Collection[int]) -> None:
    query = select(LaunchCell.id).where(
        among(LaunchCell.id, cell_ids), LaunchCell.launch_id == check.launch_id
    )
    moment = now()
    session.add_all(
        CheckStanding(
            check_id=check.id, cell_id=cell_id, words="no evidence yet", since_at=moment, measured_at=moment
        )
        for cell_id in session.scalars(query)
    )


def _evidence_for_change(session: Session, evidence_id: int) -> tuple[CheckEvidence, ReadinessCheck]:
    check_id = session.scalar(select(CheckEvidence.check_id).where(CheckEvidence.id == evidence_id))
    if check_id is None:
        raise NotFound("There is no such evidence.")
    check, _launch = check_for_change(session, check_id)
    evidence = session.get_one(CheckEvidence, evidence_id, populate_existing=True)
    if evidence.withdrawn_at is not None:
        raise Conflict("It was withdrawn meanwhile. Reload the page to see what stands there now.")
    return evidence, check


def _proof_problems(proof: Proof) -> list[dict[str, object]]:
    told: list[tuple[str, str]] = []
    if not proof.url.strip() and not proof.content:
        told.append(("file", "Add a file or a link: without evidence nothing turns green."))
    if proof.url.strip() and not is_web_address(proof.url.strip()):
        told.append(("url", "A link begins with https:// or http://."))
    if proof.content and len(proof.content) > LARGEST_FILE:
        told.append(("file", f"The file is larger than {LARGEST_FILE // 1024**2} MB. Link to it instead."))
    if proof.share not in SHARES:
        told.append(("share", "Say whether it shows all of it or half."))
    if len(proof.note) > LONGEST_NOTE:
        told.append(("note", f"Say it in at most {LONGEST_NOTE} characters."))
    if proof.valid_until_on is not None and proof.valid_until_on < today():
        told.append(("valid_until_on", "That day is past. Evidence that has expired shows nothing."))
    return [{"field": name, "reason": reason} for name, reason in told]


def _cell_of(session: Session, check: ReadinessCheck, cell_id: int | None) -> None:
    if cell_id is None:
        return
    query = select(CheckStanding.id).where(
        CheckStanding.check_id == check.id, CheckStanding.cell_id == cell_id
    )
    if session.scalar(query) is None:
        reason = f"“{check.title}” is not asked in this cell. Choose one of those it is asked in."
        raise Invalid(reason, [{"field": "cell_id", "reason": reason}])


def _carrier(session: Session, check: ReadinessCheck, by: Actor) -> None:
    user: Any = session.get(User, by.id) if by.id is not None else None
    if check.owner_id != by.id and not (user and user.may(Right.LAUNCH)):
        raise Forbidden("Somebody else carries this check. Ask them, or who plans the launch.")


def _person(by: Actor) -> int:
    if by.id is None:
        raise Forbidden("Only people show that a check holds.")
    return by.id
