"""From ballots to the frozen result: the whole, its segments, and what would change it. Pure; loads numpy."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from statistics import median
from typing import Any

from ideaflow.codesign.counting.ballots import Ballot, by_segment, careful, own, proxies
from ideaflow.codesign.counting.figures import DRAWS, Hidden, NotEnough, Plan
from ideaflow.codesign.counting.hiding import LEAST, hide
from ideaflow.codesign.kinds.contract import Answers, Definition, Instrument, Result
from ideaflow.codesign.kinds.options import names_of

TOP = 4
SHOWN_COMMENTS = 6


@dataclass(frozen=True)
class Counted:
    """A ballot with what stands beside it.

    :ivar seconds: in all; None when not measured.
    """

    ballot: Ballot[Answers]
    comment: str = ""
    seconds: float | None = None


def reckon(
    instrument: Instrument,
    definition: Definition,
    counted: Sequence[Counted],
    seed: int,
    *,
    largest: str = "",
    draws: int = DRAWS,
) -> dict[str, Any]:
    """Return everything a closed session shows, as values JSON can hold.

    :param largest: the account with the most revenue among those that answered.
    """
    plan = Plan(seed, draws)
    every = [one.ballot for one in counted]
    ours = own(every)

    def tally(ballots: Sequence[Ballot[Answers]]) -> Result | NotEnough:
        return instrument.tally(definition, ballots, plan)

    whole = tally(ours)
    parts = {} if isinstance(whole, NotEnough) else by_segment(every, tally)
    told = {name: part for name, part in parts.items() if not isinstance(part, Hidden | NotEnough)}
    if not isinstance(whole, NotEnough):
        whole, told = instrument.guarded(definition, ours, whole, told)
        parts |= told
    result: dict[str, Any] = {
        "whole": _plain(whole),
        "segments": {segment: _plain(part) for segment, part in parts.items()},
        "sizes": {one: _size(ours, one) for one in parts},
        "care": _care(ours, len(proxies(every)), plan),
        "median_seconds": _median(counted),
        "comments": _comments(counted),
    }
    if isinstance(whole, NotEnough):
        return {**result, "finding": {"lead": "", "rest": ""}, "parts": [], "changes": []}
    finding = instrument.finding(definition, whole)
    result["finding"] = {"lead": finding.lead, "rest": finding.rest}
    result["parts"] = instrument.segments_part(definition, whole, {name: told[name] for name in told if name})
    result["changes"] = _changes(instrument, definition, whole, ours, every, largest, tally)
    return result


def seal_of(kept: Mapping[str, Any]) -> str:
    """Return the hash of a frozen result: SHA-256 of its canonical JSON."""
    canonical = json.dumps(kept, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def as_kept(value: Any) -> Any:
    """Return a result as the database gives it back, so that its hash holds: no minus zero, twelve digits.

    >>> as_kept({"worse": [-0.0, 0.1 + 0.2]})
    {'worse': [0.0, 0.3]}
    """
    if isinstance(value, Mapping):
        return {str(name): as_kept(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_kept(one) for one in value]
    return round(value, 12) + 0.0 if isinstance(value, float) else value


def coarse(segments: Sequence[str]) -> dict[str, str]:
    """Return for each segment what may stand on an opened ballot: itself from five voters up, else nothing.

    >>> coarse(["Food"] * 6 + ["Retail"] * 5 + ["Pharma"])
    {'Food': 'Food', 'Retail': '', 'Pharma': ''}
    """
    sizes = {one: segments.count(one) for one in dict.fromkeys(segments)}
    cells = hide(sizes)
    if not cells.has_total or sum(sizes[one] for one in cells.hidden) < (LEAST if cells.hidden else 0):
        return dict.fromkeys(sizes, "")
    return {one: one if one in cells.shown else "" for one in sizes}


def _plain(part: Result | NotEnough | Hidden) -> dict[str, Any]:
    if isinstance(part, NotEnough):
        return {"not_enough": asdict(part)}
    return {"hidden": True} if isinstance(part, Hidden) else part


def _size(ballots: Sequence[Ballot[Answers]], segment: str) -> dict[str, int]:
    of_it = [one for one in ballots if one.segment == segment]
    return {"persons": len(of_it), "accounts": len({one.account for one in of_it})}


def _care(ours: Sequence[Ballot[Answers]], proxy_count: int, plan: Plan) -> dict[str, Any]:
    return {
        "accounts": len({one.account for one in ours}), "persons": len(ours), "proxies": proxy_count,
        "speeding": sum(one.is_speeding for one in ours), "straight": sum(one.is_straight for one in ours),
        "seed": plan.seed, "draws": plan.draws,
    }  # fmt: skip


def _median(counted: Sequence[Counted]) -> float | None:
    times = [one.seconds for one in counted if one.seconds]
    return float(median(times)) if len(times) >= LEAST else None


def _comments(counted: Sequence[Counted]) -> list[dict[str, str]]:
    """Return comments in the order of the alphabet, which tells no time; segments as ballots have them."""
    said = [one for one in counted if one.comment and not one.ballot.is_proxy]
    if len(counted) < LEAST:
        return []
    sizes = hide({one.ballot.segment: 0 for one in counted} | _sizes(counted))
    return [
        {"text": one.comment, "segment": one.ballot.segment if one.ballot.segment in sizes.shown else ""}
        for one in sorted(said, key=lambda one: one.comment)[:SHOWN_COMMENTS]
    ]


def _sizes(counted: Sequence[Counted]) -> dict[str, int]:
    segments = [one.ballot.segment for one in counted]
    return {one: segments.count(one) for one in segments}


def _changes(
    instrument: Instrument,
    definition: Definition,
    whole: Result,
    ours: Sequence[Ballot[Answers]],
    every: Sequence[Ballot[Answers]],
    largest: str,
    tally: Any,
) -> list[list[str]]:
    """Return label and words of what another way of counting changes: orders only, no numbers.

    Numbers would give away by subtraction who was left out.
    """
    names, order = names_of(definition.get("options", [])), whole["order"]
    changes: list[list[str]] = []

    def add(label: str, other: Result | NotEnough) -> None:
        words = "too few to say" if isinstance(other, NotEnough) else _beside(order, other["order"], names)
        changes.append([label, words])

    if not order:
        return changes
    if "order_by_person" in whole:
        add("By person, not account", {"order": whole["order_by_person"]})
    else:
        alone = [replace(one, account=f"{one.account}/{place}") for place, one in enumerate(ours)]
        add("By person, not account", tally(alone))
    if largest:
        add("Without the largest account", tally([one for one in ours if one.account != largest]))
    flagged = len(ours) - len(careful(ours))
    if flagged:
        add(f"Without {flagged} fast or straight-lined", tally(careful(ours)))
    apart = proxies(every)
    if apart:
        add(f"{len(apart)} cast by our staff, apart", tally(apart))
    return changes


def _beside(order: Sequence[str], other: Sequence[str], names: Mapping[str, str]) -> str:
    """Say how an order differs.

    >>> _beside("abcde", "abced", {}), _beside("abcde", "abcde", {}), _beside("ab", "ba", {"b": "Bins"})
    ('same top 3', 'same order', '“Bins” first')
    """
    if list(order) == list(other):
        return "same order"
    same = next((at for at, pair in enumerate(zip(order, other, strict=False)) if pair[0] != pair[1]), 0)
    if same:
        return "same first" if same == 1 else f"same top {same}"
    return f"“{names.get(other[0], other[0])}” first" if other else "too few to say"
