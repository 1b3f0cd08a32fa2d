"""The pages of migrations: plan the move of running proposals, try it dry, approve it, carry it out."""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from ideaflow import typed
from ideaflow.db import db
from ideaflow.errors import Conflict, IdeaflowError, Invalid
from ideaflow.gates import queries
from ideaflow.gates.migrating import carrying, dry, mapping, outgrown, planning, unseated
from ideaflow.gates.migrating.dry import DryRun
from ideaflow.gates.migrating.mapping import LEFT, Maps, Verdict
from ideaflow.gates.process.plans import MigrationPlan
from ideaflow.gates.process.versions import ProcessVersion
from ideaflow.gates.process_pages.shared import bp
from ideaflow.users.access import actor, requires
from ideaflow.users.policy import Right
from ideaflow.web import mark_current, render
from ideaflow.wording import plural

LARGEST = 2**62
LEAVE = "-"  # What a form sends for “leave it behind”; nothing is “nobody said”.
LATEST_PLANS = 50
MOST_LINES = 20  # Of one verdict on the page.
MOST_OF_ONE = 100  # On a page of one verdict alone.


@dataclass(frozen=True)
class MapRow:
    """One key to map: how many proposals have to do with it, and where it goes."""

    kind: str
    key: str
    name: str
    uses: int
    goal: str


@bp.get("/migrations")
@requires(Right.READ)
def migrations() -> ResponseReturnValue:
    """Show the plans, what outgrew its process, and a place to plan a move."""
    return _list()


@bp.post("/migrations")
@requires(Right.ADMINISTER)
def plan_migration() -> ResponseReturnValue:
    """Begin a plan."""
    form = request.form
    chosen = typed.numbers(form.getlist("proposals"))
    try:
        plan = planning.begin(
            form.get("from", 0, type=int), form.get("to", 0, type=int), chosen, form.get("note", ""),
            by=actor(),
        )  # fmt: skip
    except Invalid as error:
        return _list(422, error)
    return redirect(url_for(".migration", plan_id=plan.id), 303)


@bp.get("/migrations/<int:plan_id>")
@requires(Right.READ)
def migration(plan_id: int) -> ResponseReturnValue:
    """Show a plan with its dry run."""
    return _page(plan_id)


@bp.post("/migrations/<int:plan_id>")
@requires(Right.ADMINISTER)
def save_migration(plan_id: int) -> ResponseReturnValue:
    """Save where things go."""
    plan, maps = planning.plan_with(plan_id), _maps(planning.plan_with(plan_id))
    try:
        planning.set_maps(plan_id, _seen(), maps, request.form.get("note", ""), by=actor())
    except (Invalid, Conflict) as error:
        return _page(plan_id, error.status, error, maps)
    flash("The plan is saved. Somebody else approves it." if plan.state == "draft" else
          "The plan is saved. What was approved before has to be approved again.", "go")  # fmt: skip
    return redirect(url_for(".migration", plan_id=plan_id), 303)


@bp.post("/migrations/<int:plan_id>/approve")
@requires(Right.DECIDE)
def approve_migration(plan_id: int) -> ResponseReturnValue:
    """Approve a plan somebody else wrote."""
    try:
        plan = planning.approve(plan_id, _seen(), by=actor())
    except Conflict as error:
        return _page(plan_id, 409, error)
    flash(f"The plan is approved, with SHA-256 {plan.approved_hash[:8]}….", "go")
    return redirect(url_for(".migration", plan_id=plan_id), 303)


@bp.post("/migrations/<int:plan_id>/carry-out")
@requires(Right.ADMINISTER)
def carry_out_migration(plan_id: int) -> ResponseReturnValue:
    """Move every proposal that can move now."""
    try:
        done = carrying.carry_out(plan_id, by=actor(), seen=_seen(), most=carrying.AT_ONCE)
    except Conflict as error:
        return _page(plan_id, 409, error)
    if len(done.moved) == carrying.AT_ONCE and dry.dry_run(planning.plan_with(plan_id), 0).counts["can_move"]:
        carrying.carry_on(plan_id, by=actor())
        flash(f"{len(done.moved)} proposals moved; the rest is moving. Reload the page to see how far.", "go")
        return redirect(url_for(".migration", plan_id=plan_id), 303)
    rest = f"; {plural(len(done.stayed), 'stays', 'stay')} where it is" if len(done.stayed) == 1 else ""
    rest = f"; {len(done.stayed)} stay where they are" if len(done.stayed) > 1 else rest
    moved = "No proposal could move" if not done.moved else f"{plural(len(done.moved), 'proposal')} moved"
    flash(f"{moved}{rest}.", "go" if done.moved else "watch")
    return redirect(url_for(".migration", plan_id=plan_id), 303)


@bp.post("/migrations/<int:plan_id>/withdraw")
@requires(Right.ADMINISTER)
def withdraw_migration(plan_id: int) -> ResponseReturnValue:
    """Give a plan up."""
    try:
        planning.withdraw(plan_id, _seen(), by=actor())
    except Conflict as error:
        return _page(plan_id, 409, error)
    flash("The plan is given up. What it moved stays moved.")
    return redirect(url_for(".migrations"), 303)


def map_rows(plan: MigrationPlan, run: DryRun, maps: Maps) -> list[MapRow]:
    """Return what has to be mapped: every stage, and what the new version has under no such key."""
    before, after = plan.from_version.content, plan.to_version.content
    rows = []
    for kind in mapping.KINDS:
        known = mapping.names_of(after, kind)
        listed = mapping.names_of(before, kind) if kind == "stage" else mapping.homeless(before, after, kind)
        said = maps.of(kind)
        for key, name in {
            **listed,
            **{key: mapping.names_of(before, kind).get(key, key) for key in said},
        }.items():
            goal = mapping.goal_of(key, known, said)
            shown = LEAVE if goal == LEFT else goal or ""
            rows.append(MapRow(kind, key, name, run.uses[kind, key], shown))
    return rows


def _maps(plan: MigrationPlan) -> Maps:
    before, after = plan.from_version.content, plan.to_version.content
    found: dict[str, dict[str, str]] = {}
    leaves = request.form.get("rest") == "leave"
    for kind in mapping.KINDS:
        known, said = mapping.names_of(after, kind), {}
        left = leaves and kind != "stage" and mapping.homeless(before, after, kind)
        for key in mapping.names_of(before, kind):
            goal = request.form.get(f"{kind}-{key}") or (LEAVE if left and key in left else "")
            if goal and not (goal == key and key in known):
                said[key] = LEFT if goal == LEAVE else goal
        found[kind] = said
    return Maps(found["stage"], found["gate"], found["criterion"], found["deliverable"])


def _page(
    plan_id: int, status: int = 200, error: IdeaflowError | None = None, sent: Maps | None = None
) -> ResponseReturnValue:
    mark_current("processes.index")
    db.session.expire_all()
    plan = planning.plan_with(plan_id)
    only = next((one for one in Verdict if one == request.args.get("verdict")), "")
    after = request.args.get("after", 0, type=int) if only else 0
    run = dry.dry_run(plan, MOST_OF_ONE if only else MOST_LINES, only=only, after=min(after, LARGEST))
    rows = map_rows(plan, run, sent or dry.maps_of(plan))
    return render(
        "processes/migration.html",
        status=status,
        plan=plan,
        run=run,
        unseated=unseated.unseated(plan, run.stages) if plan.state in planning.OPEN else [],
        verdicts=list(Verdict),
        only=only,
        most=MOST_OF_ONE,
        after=after,
        rows=rows,
        clashes=_clashes(plan, sent) if isinstance(error, Conflict) else [],
        goals={kind: _goals(plan, kind) for kind in mapping.KINDS},
        error=error,
        form=request.form,
        is_mine=plan.author_id == current_user.id,
    )


def _clashes(plan: MigrationPlan, sent: Maps | None) -> list[tuple[str, str, str]]:
    """Return what somebody else saved beside what was sent: name, theirs, yours."""
    if sent is None:
        return []
    found, theirs = [], dry.maps_of(plan)
    for kind in mapping.KINDS:
        names = mapping.names_of(plan.from_version.content, kind)
        known = mapping.names_of(plan.to_version.content, kind)
        for key, name in names.items():
            goals = [mapping.goal_of(key, known, maps.of(kind)) for maps in (theirs, sent)]
            if goals[0] != goals[1]:
                words = ["nobody said" if goal is None else known.get(goal, "left behind") for goal in goals]
                found.append((name, words[0], words[1]))
    return found


def _goals(plan: MigrationPlan, kind: str) -> list[tuple[str, str]]:
    names: Mapping[str, str] = mapping.names_of(plan.to_version.content, kind)
    first = [("", "choose")] if kind == "stage" else [("", "choose"), (LEAVE, "leave it behind")]
    return first + [(key, name) for key, name in names.items()]


def _list(status: int = 200, error: IdeaflowError | None = None) -> ResponseReturnValue:
    mark_current("processes.index")
    plans = db.session.scalars(
        select(MigrationPlan).order_by(MigrationPlan.id.desc()).limit(LATEST_PLANS)
    ).all()
    versions = db.session.scalars(
        select(ProcessVersion)
        .options(joinedload(ProcessVersion.process))
        .where(ProcessVersion.status != "draft")
        .order_by(ProcessVersion.process_id, ProcessVersion.number.desc())
    ).all()
    counts = queries.running_on([version.id for version in versions])
    return render(
        "processes/migrations.html", status=status, plans=plans, versions=versions, counts=counts,
        outgrown=outgrown.outgrown(), outgrown_count=outgrown.count(), error=error,
        args=request.form or request.args,
    )  # fmt: skip


def _seen() -> int:
    return request.form.get("seen", 0, type=int)
