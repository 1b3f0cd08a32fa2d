"""Rules as an editor writes them: “Full suspension needs disc brakes”. Pure.

Options are named as customers read them; one that has a namesake in another module with its module before it:
“Suspension: None”. The name of a module stands for all of its options.
"""

import difflib
import re
from collections import Counter as Tally
from collections.abc import Mapping, Sequence

from ideaflow.codesign.configurator.parts import PRICE, Count, Excludes, Limit, Module, Requires, Rule

HOW = (
    "Write it like “Full needs Disc”, “S does not go with Full”, “None cannot be taken”, "
    "“at most 2 of A, B, C” or “price at most 900”."
)
NEEDS = re.compile(r"\s+(?:needs?|requires?|goes only with|go only with)\s+", re.IGNORECASE)
NEVER = re.compile(
    r"\s+(?:does not go with|do not go with|does not go together with|never with|not with|excludes?)\s+",
    re.IGNORECASE,
)
GONE = re.compile(
    r"^(.+?)\s+(?:cannot be taken|cannot be chosen|is not available|are not available)$", re.IGNORECASE
)
COUNTED = re.compile(r"^(?:take\s+)?(at most|at least|exactly|up to)\s+(\d{1,2})\s+of\s+(.+)$", re.IGNORECASE)
BETWEEN = re.compile(r"^(?:take\s+)?(\d{1,2})\s*(?:to|–|-)\s*(\d{1,2})\s+of\s+(.+)$", re.IGNORECASE)
SUMMED = re.compile(
    r"^(.+?)\s+(?:adds? up to at most|at most|is at most|not above|no more than)\s+([\d\s.,']*\d)\D*$",
    re.IGNORECASE,
)
BREAKS = re.compile(r"\s*(?:,|;|\bor\b|\band\b)\s*", re.IGNORECASE)


class Unclear(ValueError):
    """A sentence that is no rule yet; its words say what to write instead."""


def read_rule(sentence: str, told: str, modules: Sequence[Module], amount: str = "") -> Rule:
    """Return the rule a sentence means.

    :param told: what customers read when it blocks something; empty: the sentence itself.
    :param amount: what options have besides a price, which a rule may limit: weight.
    :raises Unclear: it is none of the known sentences, or names what is not there.
    """
    text = " ".join(sentence.split()).rstrip(".")
    name, known = told or text, _Names(modules)
    if found := BETWEEN.match(text):
        return Count(name, known.read(found[3]), int(found[1]), int(found[2]))
    if found := COUNTED.match(text):
        number, options = int(found[2]), known.read(found[3])
        least = number if found[1].lower() in ("at least", "exactly") else 0
        return Count(name, options, least, None if found[1].lower() == "at least" else number)
    for pattern, maker in ((NEVER, Excludes), (NEEDS, Requires)):
        parts = pattern.split(text)
        if len(parts) == 2:
            return maker(name, known.read(parts[0]), known.read(parts[1]))
    if found := GONE.match(text):
        return Count(name, known.read(found[1]), most=0)
    if found := SUMMED.match(text):
        return Limit(name, _amount(found[1], amount), int(re.sub(r"\D", "", found[2])))
    raise Unclear(f"“{text[:80]}” is no rule yet. {HOW}")


def _amount(named: str, amount: str) -> str:
    typed = re.sub(r"^(?:the|total)\s+", "", named.strip(), flags=re.IGNORECASE).casefold()
    if typed == PRICE:
        return PRICE
    if amount and typed == amount.casefold():
        return amount
    beside = f" or “{amount}”" if amount else ", or name the amount that is counted besides"
    raise Unclear(f"“{named.strip()[:60]}” is nothing that adds up. Write “price”{beside}.")


class _Names:
    """Options by the names an editor may use."""

    def __init__(self, modules: Sequence[Module]) -> None:
        self.by_name: dict[str, frozenset[str]] = {}
        self.spelled: dict[str, str] = {}
        counts = Tally(option.name.casefold() for module in modules for option in module.options)
        self.doubles = {name for name, count in counts.items() if count > 1}
        for module in modules:
            self._add(module.name, frozenset(option.key for option in module.options))
        for module in modules:
            for option in module.options:
                self._add(f"{module.name}: {option.name}", frozenset({option.key}))
                self._add(option.name, frozenset({option.key}))

    def _add(self, name: str, keys: frozenset[str]) -> None:
        self.by_name[name.casefold()] = keys
        self.spelled[name.casefold()] = name

    def read(self, typed: str) -> frozenset[str]:
        """Return the options some words name: one, or several with commas, “or”, “and” between."""
        whole = self._one(typed, is_strict=False)
        if whole:
            return whole
        found: set[str] = set()
        for part in self._parts([one for one in BREAKS.split(typed) if one.strip()]):
            found |= self._one(part) or frozenset()
        if not found:
            raise Unclear(f"“{typed.strip()[:60]}” names no option. {HOW}")
        return frozenset(found)

    def _parts(self, pieces: list[str]) -> list[str]:
        """Put pieces together again that are one name with “and” in it."""
        parts: list[str] = []
        while pieces:
            for count in range(len(pieces), 0, -1):
                for glue in (" and ", " or ", ", "):
                    if _plain(glue.join(pieces[:count])) in self.by_name:
                        parts.append(glue.join(pieces[:count]))
                        break
                else:
                    continue
                break
            else:
                count = 1
                parts.append(pieces[0])
            pieces = pieces[count:]
        return parts

    def _one(self, typed: str, *, is_strict: bool = True) -> frozenset[str] | None:
        name = _plain(typed)
        if name in self.doubles:
            raise Unclear(
                f"Two options are called “{typed.strip()}”: write its module before it, like “Brake: Disc”."
            )
        if name in self.by_name or not is_strict:
            return self.by_name.get(name)
        near = difflib.get_close_matches(name, self.by_name, 1, 0.6)
        hint = f" Did you mean “{self.spelled[near[0]]}”?" if near else ""
        raise Unclear(f"“{typed.strip()[:60]}” is no option here.{hint}")


def _plain(typed: str) -> str:
    text = " ".join(typed.split()).strip(" “”\"'").casefold()
    return re.sub(r"^(?:any|all|either|the)\s+(?:of\s+)?", "", text)


def names_twice(options: Sequence[Mapping[str, str]]) -> str:
    """Return the first name that two options of one module share; empty: none."""
    counts = Tally((one["module"], one["name"].casefold()) for one in options)
    return next((one["name"] for one in options if counts[one["module"], one["name"].casefold()] > 1), "")
