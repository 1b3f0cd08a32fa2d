"""Which keys a process has, and what each holds."""

from collections.abc import Iterable
from typing import Any

from ideaflow.gates.process.shape import (
    DECISIONS,
    FACTS,
    KINDS,
    TYPES,
    VOTE_RULES,
    Each,
    Either,
    Fault,
    Key,
    NullOr,
    Number,
    OneOf,
    Record,
    Text,
    Truth,
)

NAME, WORDS, MAYBE = Text(120), Text(2000), Text(2000, may_be_empty=True)
NAMES = Each(Text(120), 20)
STEP = Record(
    {"key": Key(), "name": NAME},
    {"role": Text(120, may_be_empty=True), "function": Text(60, may_be_empty=True)},
)
DELIVERABLE = Record(
    {"key": Key(), "name": NAME, "hint": MAYBE, "required": Truth(), "waivable": Truth()}, {}
)
STAGE = Record(
    {
        "key": Key(),
        "name": NAME,
        "purpose": MAYBE,
        "target_days": Record({"p50": Number(0, 3650), "p85": Number(0, 3650)}, {}),
        "wip_limit": Number(0, 1000),
        "activities": Each(Either(Text(120), STEP), 40),
        "deliverables": Each(DELIVERABLE, 40),
    },
    {
        "kind": OneOf(KINDS),
        "roles": NAMES,
        "outcome": MAYBE,
        "loops_min": Number(0, 20),
        "bindings": Each(Text(60), 40),
    },
)
AUTO = Record(
    {"fact": OneOf(FACTS)},
    {"at_least": Number(0, 1e9, is_whole=False), "at_most": Number(0, 1e9, is_whole=False), "is": Truth()},
)
CRITERION = Record(
    {"key": Key(), "kind": OneOf(("must", "should")), "name": NAME, "question": MAYBE},
    {
        "anchors": Record({}, {str(points): Text(300, may_be_empty=True) for points in range(11)}),
        "auto": Each(AUTO, 10),
        "conditionable": Truth(),
    },
)
GATE = Record(
    {
        "key": Key(),
        "number": Number(1, 100),
        "name": NAME,
        "after": Key(),
        "before": NullOr(Key()),
        "purpose": MAYBE,
        "question": MAYBE,
        "decisions": Each(OneOf(DECISIONS), 5, 1),
        "must": Each(Key(), 40),
        "should": Each(Record({"criterion": Key(), "weight": Number(0, 100)}, {}), 40),
        "pass_score": Number(0, 100, is_whole=False),
        "floor": Number(0, 10, is_whole=False),
        "quorum": Record(
            {"min_count": Number(0, 100), "min_fraction": Number(0, 1, is_whole=False)},
            {"mandatory_roles": NAMES},
        ),
        "deadline_days": Number(0, 365),
        "conditional": Record(
            {"allowed": Truth(), "max_conditions": Number(0, 100), "max_days": Number(0, 3650)}, {}
        ),
        "max_recycles": Number(0, 100),
    },
    {
        "is_final": Truth(),
        "vote_rule": OneOf(tuple(VOTE_RULES)),
        "blind_scoring": Truth(),
        "deputy_allowed": Truth(),
        "signatures": Each(Record({"meaning": NAME}, {}), 5),
        "signature_days": Number(1, 90),
        "roles": NAMES,
        "outcome": MAYBE,
    },
)
PROCESS = Record(
    {
        "key": Key(),
        "name": NAME,
        "purpose": MAYBE,
        "stages": Each(STAGE, 30),
        "gates": Each(GATE, 30),
        "criteria": Each(CRITERION, 300),
    },
    {
        "object_types": Each(OneOf(TYPES), 4),
        "metrics": Each(Text(60), 40),
        "post_launch": Record({"review_after_days": Number(0, 3650), "benefit_required": Truth()}, {}),
    },
)


def faults_of(document: Any) -> Iterable[Fault]:
    """Yield where a document is not a process, each with its path and what was expected."""
    return PROCESS.check(document, "")
