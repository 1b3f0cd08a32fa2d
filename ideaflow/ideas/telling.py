"""Ideas in words a contact reads: who says it, what it is to them, how far it has come."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ideaflow.accounts.models import Account, Contact
from ideaflow.ideas.models import Category, Comment, Idea
from ideaflow.ideas.policy import Importance, Status, masked, way
from ideaflow.portal.languages import text, texts
from ideaflow.portal.queries import Visitor

Kinds = Mapping[tuple[str, str], int]
ICONS = {
    Status.HEARD: "message-check", Status.WEIGHED: "scale", Status.DESIGNED: "pencil-heart",
    Status.PLANNED: "calendar-check", Status.BUILT: "circle-check", Status.NOT_NOW: "player-pause",
}  # fmt: skip


@dataclass(frozen=True)
class Speaker:
    """Who says something, as this reader may know them."""

    name: str
    company: str = ""
    is_hidden: bool = False  # The name is kept from other customers.
    is_me: bool = False


def speaker(
    who: Visitor, contact: Contact | None, account: Account | None, is_anonymous: bool, kinds: Kinds
) -> Speaker:
    """Return who speaks: with name and company, or what may stand in place of it.

    Colleagues of the same account know each other; other customers read a first name at most.
    """
    if contact is None:
        return Speaker(text("A customer"))
    if contact.id == who.contact_id:
        return Speaker(text("You"), is_hidden=is_anonymous, is_me=True)
    is_colleague = account is not None and account.id == who.account_id
    if is_anonymous and not is_colleague:
        return Speaker(_mask(account, kinds), is_hidden=True)
    first = contact.name.split()[0] if contact.name.split() else contact.name
    return Speaker(first, account.name if account else "", is_hidden=is_anonymous)


def mask_of(who: Visitor, kinds: Kinds) -> str:
    """Return what other customers read in place of this contact's name."""
    return _said(*masked(who.segment, who.region, kinds))


def _mask(account: Account | None, kinds: Kinds) -> str:
    if account is None:
        return text("A customer")
    return _said(*masked(account.segment or "", account.region or "", kinds))


def _said(segment: str, region: str) -> str:
    if segment and region:
        return text("A company in %(segment)s, %(region)s", segment=segment, region=region)
    if segment:
        return text("A company in %(segment)s", segment=segment)
    if region:
        return text("A company, %(region)s", region=region)
    return text("A customer")


def categories(found: Sequence[Category]) -> list[tuple[int, str]]:
    """Return categories as one chooses them; a private board says for whom it is."""
    return [
        (one.id, text("%(name)s (only %(segments)s)", name=one.name, segments=", ".join(one.segments)))
        if one.segments
        else (one.id, one.name)
        for one in found
    ]


def importances() -> dict[Importance, str]:
    """Return what an idea can be to somebody, in words."""
    return {
        Importance.NICE: text("nice"),
        Importance.IMPORTANT: text("important"),
        Importance.MUST: text("must have"),
    }


def statuses() -> dict[Status, str]:
    """Return how far an idea can have come, in plain words."""
    return {
        Status.HEARD: text("Heard"),
        Status.WEIGHED: text("Being weighed"),
        Status.DESIGNED: text("Being designed"),
        Status.PLANNED: text("Planned"),
        Status.BUILT: text("Built"),
        Status.NOT_NOW: text("Not now"),
    }


def status_of(idea: Idea) -> tuple[str, str, str]:
    """Return the status of an idea: its words, its icon, its tone."""
    status = Status(idea.status)
    words = statuses()[status]
    tone = {Status.HEARD: "", Status.NOT_NOW: "stop", Status.BUILT: "go"}.get(status, "accent")
    return (f"{words}: {idea.status_note}" if idea.status_note else words), ICONS[status], tone


def counted(idea: Idea) -> str:
    """Return how many companies stand behind an idea, as its headline."""
    if idea.account_count:
        return texts(
            "%(num)s company stands behind this", "%(num)s companies stand behind this", idea.account_count
        )
    if idea.contact_count and not idea.proxy_count:
        return texts(
            "%(num)s person stands behind this", "%(num)s people stand behind this", idea.contact_count
        )
    return text("Nobody stands behind this yet")


def bar(idea: Idea) -> str:
    """Return the bar of importance in words."""
    words = importances()
    said = [
        f"{count} {words[one]}"
        for one, count in (
            (Importance.MUST, idea.must_count),
            (Importance.IMPORTANT, idea.important_count),
            (Importance.NICE, idea.nice_count),
        )
        if count
    ]
    return ", ".join(said)


def proxies(idea: Idea, company: str) -> str:
    """Return how many more are spoken for by one of ours; empty when none is."""
    if not idea.proxy_count:
        return ""
    if not company:
        return texts(
            "%(num)s more through their contact here",
            "%(num)s more through their contact here",
            idea.proxy_count,
        )
    return texts(
        "%(num)s more through their contact at %(company)s",
        "%(num)s more through their contact at %(company)s",
        idea.proxy_count, company=company,
    )  # fmt: skip


@dataclass(frozen=True)
class Stop:
    """One step of the way an idea goes."""

    word: str
    state: str
    note: str = ""
    on: datetime | None = None


def steps(idea: Idea, grouped: int) -> list[Stop]:
    """Return how far an idea has come.

    :param grouped: how many accounts say the like; told only where it hides who.
    """
    words = statuses()
    stops = []
    for step in way(Status(idea.status)):
        note = idea.status_note if step.status == idea.status else ""
        on = idea.posted_at if step.status is Status.HEARD else None
        stops.append(Stop(words[step.status], step.state, note, on))
        if step.status is Status.HEARD and grouped:
            said = texts(
                "Grouped with %(num)s company", "Grouped with %(num)s companies that say the like", grouped
            )
            stops.append(Stop(said, "done"))
            if step.state == "now":
                stops[0], stops[1] = Stop(stops[0].word, "done", "", on), Stop(said, "now")
    return stops


def speakers(who: Visitor, said: list[Comment], kinds: Kinds, company: str) -> list[tuple[Comment, Speaker]]:
    """Return comments with who says them."""
    return [
        (one, Speaker(one.user_name or "", company))
        if one.user_id
        else (one, speaker(who, one.contact, one.account, one.is_anonymous, kinds))
        for one in said
    ]
