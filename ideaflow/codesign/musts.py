"""What customers miss when it is not there, by a Kano session: in the chosen draft, planned, or neither."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.clock import now
from ideaflow.codesign import versions
from ideaflow.codesign.designs.models import DesignDraft, DesignVersion
from ideaflow.codesign.models import CodesignSession, MustPlan, Tally
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound

LONGEST = 500


@dataclass(frozen=True)
class Must:
    """A feature that must be there, by the newest result that says so of a proposal.

    :ivar session_id: whose result says so; its words are read there.
    :ivar in_draft: the number of the chosen draft that has it.
    :ivar absent_from: that of the one that could have it, and has not.
    :ivar plan: how it is met, or why it is left out.
    :ivar version: of the plan; 0: there is none yet.
    """

    proposal_id: int
    session_id: int
    option: str
    name: str
    accounts: int
    in_draft: int | None = None
    absent_from: int | None = None
    plan: str = ""
    version: int = 0

    @property
    def is_met(self) -> bool:
        return self.in_draft is not None or bool(self.plan)

    @property
    def lacks(self) -> str:
        """Return what is missing, as a list of open things names it."""
        why = f"left out of draft {self.absent_from}" if self.absent_from else "no plan"
        return f"“{self.name}”, which must be there ({why})"


def of_proposals(proposal_ids: Sequence[int]) -> dict[int, list[Must]]:
    """Return by proposal what must be there, the most missed first; only where a Kano session has closed."""
    query = (
        select(CodesignSession, Tally)
        .join(Tally, Tally.session_id == CodesignSession.id)
        .where(CodesignSession.proposal_id.in_(proposal_ids), CodesignSession.instrument == "kano")
        .order_by(CodesignSession.id.desc())
    )
    found: dict[int, dict[str, Must]] = defaultdict(dict)
    for held, frozen in db.session.execute(query):
        names = {one["key"]: one["name"] for one in held.definition["options"]}
        for one in frozen.whole.get("features", []):
            # Of two results on the same feature the newer one counts, whatever it says.
            name = names[one["option"]]
            is_must = one["category"] == "M" and one["is_clear"]
            accounts = frozen.whole["accounts"] if is_must else 0
            must = Must(held.proposal_id, held.id, one["option"], name, accounts)
            found[held.proposal_id].setdefault(name.casefold(), must)
    musts = {number: [one for one in of_it.values() if one.accounts] for number, of_it in found.items()}
    return _with_plans(_with_drafts({number: of_it for number, of_it in musts.items() if of_it}))


def plan(session_id: int, option: str, words: str, seen: int, *, by: Actor) -> MustPlan:
    """Say how a feature that must be there is met, or why it is left out.

    :param seen: the version of the plan one looked at; 0: there was none.
    :raises NotFound: the session has no such feature.
    :raises Invalid: no words, or too many.
    :raises Conflict: somebody planned it meanwhile.
    """
    words = " ".join(words.split())
    if not words or len(words) > LONGEST:
        raise Invalid(f"Say how it is met, or why it is left out, in at most {LONGEST} characters.")
    with transaction() as session:
        held = versions.held_of(session, session_id)
        if held.instrument != "kano" or option not in {one["key"] for one in held.definition["options"]}:
            raise NotFound()
        kept = session.get(MustPlan, (session_id, option), with_for_update=True, populate_existing=True)
        if (kept.version if kept else 0) != seen:
            theirs = kept.words if kept else ""
            raise Conflict(
                f"Somebody planned it meanwhile: “{theirs}” (version {kept.version if kept else 0}; you saw "
                f"{seen}). Yours was not kept: “{words}”."
            )
        before = kept.words if kept else None
        if kept is None:
            kept = MustPlan(session_id=session_id, option_key=option, version=0)
            session.add(kept)
        kept.words, kept.version = words, kept.version + 1
        kept.written_by_id, kept.written_at = by.id, now()
        audit.record(by, "codesign.plan_must", held, before={option: before}, after={option: words})
    return kept


def _with_drafts(musts: dict[int, list[Must]]) -> dict[int, list[Must]]:
    """Look for each feature in the drafts that were chosen, those that are evidence; the last one counts."""
    query = (
        select(
            CodesignSession.proposal_id, CodesignSession.definition, DesignVersion.options, DesignDraft.number
        )
        .join(DesignDraft, DesignDraft.session_id == CodesignSession.id)
        .join(DesignVersion, DesignVersion.draft_id == DesignDraft.id)
        .where(CodesignSession.proposal_id.in_(musts), DesignVersion.study_id.is_not(None))
        .order_by(DesignVersion.study_id)
    )
    chosen: dict[int, dict[str, tuple[int, bool]]] = defaultdict(dict)
    for proposal_id, definition, options, number in db.session.execute(query):
        for one in definition["options"]:
            chosen[proposal_id][one["name"].casefold()] = (number, one["key"] in options)
    return {number: [_in(one, chosen[number]) for one in of_it] for number, of_it in musts.items()}


def _in(must: Must, chosen: dict[str, tuple[int, bool]]) -> Must:
    draft, has_it = chosen.get(must.name.casefold(), (None, False))
    return replace(must, in_draft=draft if has_it else None, absent_from=None if has_it else draft)


def _with_plans(musts: dict[int, list[Must]]) -> dict[int, list[Must]]:
    sessions = {one.session_id for of_it in musts.values() for one in of_it}
    rows = db.session.scalars(select(MustPlan).where(MustPlan.session_id.in_(sessions)))
    plans = {(row.session_id, row.option_key): row for row in rows}
    return {number: [_planned(one, plans) for one in of_it] for number, of_it in musts.items()}


def _planned(must: Must, plans: dict[tuple[int, str], MustPlan]) -> Must:
    row = plans.get((must.session_id, must.option))
    return replace(must, plan=row.words, version=row.version) if row else must
