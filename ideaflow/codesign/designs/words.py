"""Drafts in words: prices, who made them, what a version changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_currency

from ideaflow.codesign.designs.models import DesignAmendment, DesignDraft, DesignVersion
from ideaflow.codesign.kinds.contract import Definition
from ideaflow.codesign.models import Participant
from ideaflow.ideas import telling
from ideaflow.ideas.telling import Kinds, Speaker
from ideaflow.portal.languages import locale, text, texts
from ideaflow.portal.queries import Visitor

WEEKS_FROM = 21


@dataclass(frozen=True)
class Change:
    """What a version changed: names of options out and in; ``price`` is the new one's."""

    version: DesignVersion
    out: tuple[str, ...]
    into: tuple[str, ...]


def money(value: int, currency: str) -> str:
    """Return a price without cents, as people who read the current language write it."""
    pattern = locale().currency_formats["standard"].pattern.replace(".00", "")
    return format_currency(value, currency, pattern, locale=locale(), currency_digits=False)


def extra(value: int, currency: str) -> str:
    """Return what an option adds to the price."""
    if not value:
        return text("included")
    sign = "+" if value > 0 else "\N{MINUS SIGN}"
    return f"{sign}\N{NO-BREAK SPACE}{money(abs(value), currency)}"


def named(keys: Iterable[str], names: Mapping[str, str]) -> str:
    """Return options by their names, in the order of ``names``: module by module."""
    chosen = set(keys)
    return ", ".join(name for key, name in names.items() if key in chosen)


def lead_time(days: int) -> str:
    """Return how long a design takes; empty where nothing takes time."""
    if days >= WEEKS_FROM:
        return texts("ready in %(num)s week", "ready in %(num)s weeks", -(-days // 7))
    return texts("ready in %(num)s day", "ready in %(num)s days", days) if days else ""


def by(who: Visitor, one: Participant, kinds: Kinds) -> Speaker:
    """Return who made something: oneself, a colleague by name, another company by what it is."""
    return telling.speaker(who, one.contact, one.contact.account, True, kinds)


def said_by(speaker: Speaker) -> str:
    """Return a speaker in a few words."""
    return f"{speaker.name}, {speaker.company}" if speaker.company else speaker.name


def source_of(who: Visitor, draft: DesignDraft, kinds: Kinds) -> dict[str, Any] | None:
    """Return what a draft was forked from, attributed; and whether this contact may open it."""
    if draft.parent is None:
        return None
    made_by = draft.parent.participant
    is_near = made_by.contact_id == who.contact_id or (
        who.account_id is not None and made_by.contact.account_id == who.account_id
    )
    return {
        "number": draft.parent.number, "version": draft.parent_version,
        "by": said_by(by(who, made_by, kinds)),
        "is_visible": is_near or draft.parent.is_shared,
    }  # fmt: skip


def parts_of(definition: Definition, options: Iterable[str]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Return a design as people read it: by module, its chosen options."""
    chosen = set(options)
    return [
        (module["name"], found)
        for module in definition["modules"]
        if (
            found := [
                one
                for one in definition["options"]
                if one["module"] == module["key"] and one["key"] in chosen
            ]
        )
    ]


def history(definition: Definition, versions: Sequence[DesignVersion]) -> list[Change]:
    """Return versions with what each changed of the one before, the newest first."""
    found = []
    for place, one in enumerate(versions):
        before = versions[place - 1].options if place else one.options
        found.append(Change(one, *difference(definition, before, one.options)))
    return found[::-1]


def difference(
    definition: Definition, before: Iterable[str], after: Iterable[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the names of options that went out, and of those that came in."""
    old, new = set(before), set(after)
    names = [(one["key"], one["name"]) for one in definition["options"]]
    out = tuple(name for key, name in names if key in old - new)
    return out, tuple(name for key, name in names if key in new - old)


def amended(
    definition: Definition, draft: DesignDraft, found: Sequence[DesignAmendment], who: Visitor, kinds: Kinds
) -> list[dict[str, Any]]:
    """Return the amendments this contact may read: all of one's own draft, else those they proposed."""
    is_mine = draft.participant.contact_id == who.contact_id
    bases = {one.number: one.options for one in draft.versions}
    states = {
        "proposed": text("Not answered yet"), "accepted": text("Taken in as it is"),
        "rejected": text("Not taken in"), "incorporated": text("Worked in"),
    }  # fmt: skip
    return [
        {
            "one": one, "by": said_by(by(who, one.participant, kinds)), "state": states[one.state],
            "change": difference(definition, bases.get(one.base_number, []), one.options),
        }
        for one in found
        if is_mine or one.participant.contact_id == who.contact_id
    ]  # fmt: skip
