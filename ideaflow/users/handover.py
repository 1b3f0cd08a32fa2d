"""Somebody leaves: what they hold goes to others and their door closes, all in one transaction."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ideaflow import audit, config, outbox
from ideaflow.audit import Actor
from ideaflow.db import db, transaction
from ideaflow.errors import Conflict, Invalid, NotFound
from ideaflow.users import leaving, queries, service
from ideaflow.users.leaving import Held, Kind
from ideaflow.users.models import User
from ideaflow.wording import plural

MOST_LISTED = 15
"""So many lines of one kind a mail names."""


@dataclass(frozen=True)
class Choice:
    """Who takes what over: one for all, by kind, by thing (kind and number); the closest word holds."""

    everything: int | None = None
    kinds: Mapping[str, int] = field(default_factory=dict)
    things: Mapping[tuple[str, int], int] = field(default_factory=dict)

    def of(self, kind: str, number: int) -> int | None:
        """Return who was chosen for one thing; None where nobody was."""
        return self.things.get((kind, number)) or self.kinds.get(kind) or self.everything


@dataclass(frozen=True)
class Suggestion:
    """Whom we suggest for a thing, and why in a few words."""

    user: User
    why: str


@dataclass(frozen=True)
class Line:
    """One thing with whom we suggest for it; None where nobody may take it."""

    held: Held
    suggested: Suggestion | None


@dataclass(frozen=True)
class Group:
    """Things of one kind, and who may take them over."""

    kind: Kind
    lines: list[Line]
    eligible: list[User]

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Return who may take them over, as a form offers them."""
        return [(user.id, user.name) for user in self.eligible]

    @property
    def suggested(self) -> Suggestion | None:
        """Return whom we suggest for most of them."""
        found = [line.suggested for line in self.lines if line.suggested]
        ids = [one.user.id for one in found]
        return max(found, key=lambda one: (ids.count(one.user.id), -one.user.id)) if found else None


@dataclass(frozen=True)
class Holdings:
    """Everything somebody holds. ``mark`` changes when any of it does."""

    leaver: User
    groups: list[Group]

    @property
    def count(self) -> int:
        return sum(len(group.lines) for group in self.groups)

    @property
    def mark(self) -> str:
        """Return a hash of what there is to hand over, to be compared with what was looked at."""
        parts = [f"{group.kind.key}:{line.held.id}" for group in self.groups for line in group.lines]
        return hashlib.sha256(" ".join(sorted(parts)).encode()).hexdigest()[:16]

    @property
    def choices(self) -> list[tuple[int, str]]:
        """Return everybody who may take something over, by name."""
        found = {user.id: user.name for group in self.groups for user in group.eligible}
        return sorted(found.items(), key=lambda one: (one[1], one[0]))


@dataclass(frozen=True)
class Outcome:
    """What a hand-over did, or would do: how many of each kind went to whom, and what follows from it."""

    given: list[tuple[str, User, list[Held]]]
    consequences: list[str]

    @property
    def count(self) -> int:
        return sum(len(things) for _, _, things in self.given)


class _Tried(Exception):
    """Ends a trial: its transaction is rolled back."""


def holdings(user_id: int) -> Holdings:
    """Return everything somebody holds, with whom we suggest for each.

    Also of those who left before: what they held then may still wait.

    :raises NotFound: there is no such user.
    """
    leaver = db.session.get(User, user_id)
    if leaver is None:
        raise NotFound()
    others = [user for user in queries.active() if user.id != leaver.id]
    return Holdings(
        leaver, [group for kind in leaving.kinds() if (group := _group(kind, leaver, others)).lines]
    )


def suggested(held: Holdings, choice: Choice) -> Choice:
    """Return a choice with our suggestions where nothing was chosen."""
    things = {
        (group.kind.key, line.held.id): line.suggested.user.id
        for group in held.groups
        for line in group.lines
        if line.suggested and choice.of(group.kind.key, line.held.id) is None
    }
    return Choice(choice.everything, choice.kinds, {**things, **choice.things})


def try_out(user_id: int, choice: Choice, *, by: Actor) -> Outcome:
    """Return what handing over would do: it is done, looked at, and taken back.

    :raises Invalid: for something nobody was chosen, or somebody who may not take it.
    """
    found: list[Outcome] = []
    try:
        with transaction() as session:
            found.append(_hand_over(user_id, choice, by))
            session.flush()
            raise _Tried
    except _Tried:
        db.session.expire_all()
    return found[0]


def leave(user_id: int, choice: Choice, seen: str | None = None, *, by: Actor) -> Outcome:
    """Hand everything over and close the door: sessions and tokens die, history keeps the name.

    :param seen: the mark of what one looked at; None where one did not look.
    :raises NotFound: there is no such user, or they have left and hold nothing.
    :raises Invalid: something has no successor, they are the last administrator, or it is oneself.
    :raises Conflict: they got or lost something meanwhile.
    """
    if user_id == by.id:
        raise Invalid("You cannot close your own door. Ask another administrator.")
    with transaction() as session:
        leaver = session.get(User, user_id, with_for_update=True, populate_existing=True)
        if leaver is None or not (leaver.is_active or holdings(user_id).count):
            raise NotFound()
        if seen is not None and holdings(user_id).mark != seen:
            raise Conflict(
                f"What {leaver.name} holds has changed since you looked (you saw {seen}, it is "
                f"{holdings(user_id).mark}). Nothing was handed over; look at it again."
            )
        outcome = _hand_over(user_id, choice, by)
        if leaver.is_active:
            service.let_go(user_id, by=by)
        leaving.end(leaver, by)
        _tell(leaver, outcome)
        after = {f"{title} to {to.name}": len(things) for title, to, things in outcome.given}
        audit.record(by, "users.leave", leaver, after=after)
    return outcome


def _hand_over(user_id: int, choice: Choice, by: Actor) -> Outcome:
    held = holdings(user_id)
    problems = _problems(held, choice)
    if problems:
        raise Invalid(
            "Nothing was handed over. " + " ".join(str(one["reason"]) for one in problems), problems
        )
    given: dict[tuple[str, int], list[Held]] = {}
    people = {user.id: user for user in queries.active()}
    told: list[str] = []
    for group in held.groups:
        for line in group.lines:
            to = people[choice.of(group.kind.key, line.held.id) or 0]
            told.append(group.kind.take(line.held.id, held.leaver, to, by))
            given.setdefault((group.kind.title, to.id), []).append(line.held)
    left = holdings(user_id)
    if left.count:
        names = ", ".join(line.held.what for group in left.groups for line in group.lines[:3])
        raise Conflict(f"This would stay with {held.leaver.name}: {names}. Nothing was handed over.")
    return Outcome(
        [(title, people[number], things) for (title, number), things in given.items()],
        list(dict.fromkeys(filter(None, told))),
    )


def _problems(held: Holdings, choice: Choice) -> list[dict[str, object]]:
    problems: list[dict[str, object]] = []
    for group in held.groups:
        may = {user.id for user in group.eligible}
        bad = [line for line in group.lines if choice.of(group.kind.key, line.held.id) not in may]
        if bad:
            who = "Nobody who could take them is here; give somebody the role first"
            reason = (
                f"{group.kind.title}: choose who takes over {_named(bad)}."
                if may
                else (f"{group.kind.title}: {_named(bad)}. {who}.")
            )
            problems.append({"field": group.kind.key, "reason": reason})
    return problems


def _named(lines: Sequence[Line]) -> str:
    more = f" and {len(lines) - 1} more" if len(lines) > 1 else ""
    return f"“{lines[0].held.what}”{more}"


def _group(kind: Kind, leaver: User, others: Sequence[User]) -> Group:
    things = list(kind.held(leaver))
    eligible = [user for user in others if user.may(kind.right)]
    near: dict[str, dict[int, int]] = {}
    if things and kind.near is not None:
        for area, user_id, count in db.session.execute(kind.near()):
            counts = near.setdefault(area or "", {})
            counts[user_id] = counts.get(user_id, 0) + int(count)
    whom = {area: suggest(area, leaver, eligible, near) for area in {thing.area for thing in things}}
    return Group(kind, [Line(thing, whom[thing.area]) for thing in things], eligible)


def suggest(
    area: str, leaver: User, eligible: Sequence[User], near: Mapping[str, Mapping[int, int]]
) -> Suggestion | None:
    """Return who fits best: who holds such things of the same arena or region, then who has the same roles,
    then who holds fewest.
    """
    if not eligible:
        return None
    load = {user.id: sum(counts.get(user.id, 0) for counts in near.values()) for user in eligible}
    here = near.get(area, {}) if area else {}
    roles = {user.id: len(set(user.roles) & set(leaver.roles)) for user in eligible}

    def rank(user: User) -> tuple[int, int, int, int, str]:
        same = int(set(user.roles) == set(leaver.roles))
        return (-min(here.get(user.id, 0), 1), -roles[user.id], -same, load[user.id], user.name)

    best = min(eligible, key=rank)
    if here.get(best.id):
        return Suggestion(best, f"holds {here[best.id]} in {area} already")
    shared = [role for role in best.roles if role in leaver.roles]
    return Suggestion(best, "same role" if shared else "may do it")


def _tell(leaver: User, outcome: Outcome) -> None:
    """Mail everybody what is theirs now, once."""
    address = config.read().address
    people = {to.id: to for _, to, _ in outcome.given}
    for to in people.values():
        parts = []
        for title, user, things in outcome.given:
            if user.id != to.id:
                continue
            listed = [f"- {one.what}: {address}{one.path}" if one.path else f"- {one.what}" for one in things]
            rest = len(listed) - MOST_LISTED
            parts += ["", title, *listed[:MOST_LISTED], *([f"- and {rest} more"] if rest > 0 else [])]
        count = sum(len(things) for _, user, things in outcome.given if user.id == to.id)
        outbox.post(
            to.email, f"You take over {plural(count, 'thing')} from {leaver.name}",
            "\n".join([f"Hello {to.first_name},\n\n{leaver.name} has left. This is yours now:", *parts, ""]),
            key=f"leave:{leaver.id} to {to.id}",
        )  # fmt: skip
