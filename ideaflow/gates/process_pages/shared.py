"""What the pages of processes share: their blueprint, and how a draft is looked at."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint
from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from ideaflow.db import db
from ideaflow.errors import NotFound, must_exist
from ideaflow.gates.models import Journey
from ideaflow.gates.policy import CLOCKS
from ideaflow.gates.process import comparing, drafting, publishing, rules
from ideaflow.gates.process.comparing import Change
from ideaflow.gates.process.editing import modern
from ideaflow.gates.process.rules import Want
from ideaflow.gates.process.versions import Process, ProcessDraft, ProcessVersion
from ideaflow.proposals.models import Proposal
from ideaflow.wording import plural

bp = Blueprint("processes", __name__, url_prefix="/processes")


@dataclass(frozen=True)
class Look:
    """A draft as one looks at it: what it says, what it still wants, and what it changes."""

    draft: ProcessDraft
    document: dict[str, Any]
    newest: ProcessVersion | None
    wants: list[Want]
    changes: list[Change]

    @property
    def is_behind(self) -> bool:
        """Return whether a version was published after this draft was begun."""
        return self.newest is not None and self.newest.id != self.draft.base_id

    @property
    def change_words(self) -> str:
        return comparing.count_words(self.changes)

    def wants_in(self, part: str) -> list[Want]:
        """Return what one stage, gate or the whole still wants."""
        return [want for want in self.wants if want.part == part]

    @property
    def way(self) -> dict[str, str]:
        """Return every part one writes on, in the order of the line above the page, with its name."""
        found = {"process": "The whole"}
        for place, stage in enumerate(self.document["stages"]):
            found[f"stage:{stage['key']}"] = stage["name"]
            for gate in self.document["gates"][place : place + 1]:
                found[f"gate:{gate['key']}"] = gate["name"]
        return found

    def after(self, part: str) -> str:
        """Return the part that comes next on the way; empty after the last."""
        parts = [*self.way, ""]
        return parts[parts.index(part) + 1] if part in self.way else ""

    def outlook(self, part: str) -> str:
        """Say what a part still misses; where it misses nothing, what to do next."""
        here, name = len(self.wants_in(part)), self.way.get(part, "It")
        if here:
            return f"{name} still misses {plural(here, 'thing')}."
        open_part = next((one for one in self.way if self.wants_in(one)), "")
        if open_part:
            return f"Nothing is missing here; {self.way[open_part]} still misses something."
        return "Nothing is missing: review it and publish."


@dataclass(frozen=True)
class Line:
    """A process in the list: its newest version, its draft, and how many proposals run on it."""

    process: Process
    newest: ProcessVersion | None
    draft: ProcessDraft | None
    running: int


@dataclass(frozen=True)
class Touched:
    """Whom publishing concerns: proposals that stay where they are, by version, and their owners."""

    journeys: list[Journey]

    @property
    def by_version(self) -> dict[str, list[Journey]]:
        found: dict[str, list[Journey]] = {}
        for journey in self.journeys:
            found.setdefault(journey.process_version.name, []).append(journey)
        return found

    @property
    def owners(self) -> list[str]:
        return sorted({journey.proposal.owner.name for journey in self.journeys})


def look_at(draft: ProcessDraft) -> Look:
    """Look at a draft beside the newest version."""
    document, newest = modern(draft.document), drafting.newest_of(draft.process_id)
    before: Mapping[str, Any] = newest.document if newest else _nothing(document)
    return Look(
        draft, document, newest, rules.wants_of(document, drafting.history_of(draft.process_id)),
        comparing.changes_between(before, document),
    )  # fmt: skip


def draft_with(draft_id: int) -> ProcessDraft:
    """Return a draft.

    :raises NotFound: there is none, or no longer.
    """
    return must_exist(
        db.session.get(ProcessDraft, draft_id),
        "This draft is not there any more: it was published or thrown away.",
    )


def draft_of(key: str) -> ProcessDraft | None:
    """Return the draft of a process by the key of the process."""
    return db.session.scalar(select(ProcessDraft).join(Process).where(Process.key == key))


def process_with(key: str) -> Process:
    """Return a process by its key.

    :raises NotFound: there is none.
    """
    return must_exist(
        db.session.scalar(select(Process).where(Process.key == key)),
        "There is no such process. Open the list of processes to see which there are.",
    )


def versions_of(process: Process) -> list[ProcessVersion]:
    """Return the published versions of a process, newest first."""
    query = select(ProcessVersion).where(
        ProcessVersion.process_id == process.id, ProcessVersion.status != "draft"
    )
    return list(db.session.scalars(query.order_by(ProcessVersion.number.desc())))


def source_of(key: str, number: int | None, *, is_draft: bool = False) -> ProcessVersion | ProcessDraft:
    """Return what is taken along: a version by its number, the newest one, or the draft.

    :raises NotFound: there is no such thing.
    """
    process = process_with(key)
    if is_draft:
        source: ProcessVersion | ProcessDraft | None = draft_of(key)
    else:
        known = versions_of(process)
        source = next((one for one in known if number is None or one.number == number), None)
    if source is None:
        raise NotFound(f"{process.name} has no {'draft' if is_draft else 'such version'}.")
    return source


def lines() -> list[Line]:
    """Return every process, in a constant number of statements."""
    newest = {version.process_id: version for version in publishing.newest(with_retired=True)}
    drafts = {draft.process_id: draft for draft in db.session.scalars(select(ProcessDraft))}
    running = dict(
        db.session.execute(
            select(ProcessVersion.process_id, func.count())
            .join(Journey, Journey.process_version_id == ProcessVersion.id)
            .where(Journey.state.in_(CLOCKS))
            .group_by(ProcessVersion.process_id)
        ).all()
    )
    return [
        Line(process, newest.get(process.id), drafts.get(process.id), running.get(process.id, 0))
        for process in db.session.scalars(
            select(Process).order_by(Process.retired_at.is_not(None), Process.created_at, Process.id)
        )
    ]


def touched_by(process_id: int) -> Touched:
    """Return the running proposals of a process with their owners, in one statement."""
    query = (
        select(Journey)
        .join(Journey.process_version)
        .join(Journey.proposal)
        .join(Proposal.owner)
        .options(
            contains_eager(Journey.process_version),
            contains_eager(Journey.proposal).contains_eager(Proposal.owner),
        )
        .where(ProcessVersion.process_id == process_id, Journey.state.in_(CLOCKS))
        .order_by(ProcessVersion.number.desc(), Journey.proposal_id)
    )
    return Touched(list(db.session.scalars(query)))


def _nothing(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **document, "name": document["name"], "purpose": "", "object_types": [],
        "stages": [], "gates": [], "criteria": [],
    }  # fmt: skip
