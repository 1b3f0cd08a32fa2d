"""How large a launch is: points for five drivers, and the tier they give. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

MOST_POINTS = 3
TIER_WORDS = {1: "large", 2: "medium", 3: "small"}


@dataclass(frozen=True)
class Driver:
    """One thing that makes a launch large, and what each number of points from 0 to 3 means."""

    key: str
    name: str
    question: str
    words: tuple[str, str, str, str]


DRIVERS = (
    Driver(
        "revenue", "Revenue at stake", "How much of next year’s new revenue hangs on it?",
        ("next to none", "under 2 %", "2 to 10 %", "over 10 %"),
    ),
    Driver(
        "reach", "Customers touched", "How many of our customers notice it?",
        ("a handful", "under a tenth", "up to half", "most of them"),
    ),
    Driver(
        "novelty", "Novelty", "How new is it to those who sell and support it?",
        ("nothing to learn", "an addition to it", "a new way of working", "a new kind of offering"),
    ),
    Driver(
        "urgency", "Competitive urgency", "How soon can a competitor take the ground?",
        ("nobody is near", "within two years", "within a year", "within months, or they are ahead"),
    ),
    Driver(
        "dependence", "Rules and partners", "How much hangs on compliance or on partners?",
        ("nothing", "a notice or a list", "an approval or some partners", "both, and they decide the day"),
    ),
)  # fmt: skip


def tier_of(points: Mapping[str, int]) -> int:
    """Return the tier: 1 from ten points, 2 from five, else 3.

    >>> tier_of({"revenue": 3, "reach": 3, "novelty": 2, "urgency": 2, "dependence": 0})
    1
    >>> [tier_of({"revenue": total}) for total in (9, 5, 4)]
    [2, 2, 3]
    """
    total = sum(points.values())
    return 1 if total >= 10 else 2 if total >= 5 else 3


def problems(points: Mapping[str, int]) -> list[dict[str, object]]:
    """Return what is wrong with the points, by driver.

    >>> problems({driver.key: 1 for driver in DRIVERS})
    []
    """
    return [
        {"field": driver.key, "reason": f"Say for “{driver.name}” which of 0 to {MOST_POINTS} points it has."}
        for driver in DRIVERS
        if points.get(driver.key) not in range(MOST_POINTS + 1)
    ]
