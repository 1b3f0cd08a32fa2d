"""Shares of options that would tell what a few accounts chose: hidden, in the whole and by segment. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.hiding import LEAST, hide, hide_table
from ideaflow.codesign.kinds.contract import Answers, Definition, Result
from ideaflow.codesign.kinds.drafts_form import KEY

NUMBERS = ("share", "low", "high", "by_person")
Choice = tuple[str, str, str]
"""Account, segment, and what it chose of one thing that is chosen; empty: nothing."""


def hidden_of(
    definition: Definition, ballots: Sequence[Ballot[Answers]]
) -> tuple[set[str], set[tuple[str, str]]]:
    """Return which options are hidden in the whole, and which in which segment (option, segment).

    An option that fewer than five accounts chose is hidden, and so is one that all but so few chose; and
    with it as many others as keep it from being had by subtraction, from the module or from the segments.
    """
    in_whole, by_segment = set[str](), set[tuple[str, str]]()
    for choices in _choices(definition, ballots):
        cells = {(option, segment): _count(choices, option, segment) for _, segment, option in choices}
        whole = hide({option: _count(choices, option) for _, _, option in choices})
        in_whole |= whole.hidden - {""}
        by_segment |= hide_table(cells).hidden | {one for one in cells if one[0] in whole.hidden}
    return in_whole, {one for one in by_segment if one[0]}


def without(result: Result, hidden: set[str]) -> Result:
    """Return a result without the numbers of hidden options, and without pairs of so few accounts."""
    said = result["bare"] if hidden & set(result["modal"]) else result["finding"]
    kept = {name: value for name, value in result.items() if name != "bare"}
    none = dict.fromkeys(NUMBERS)
    return {
        **kept,
        "finding": said,
        "rows": [one | none if one["option"] in hidden else one for one in result["rows"]],
        "pairs": [one for one in result["pairs"] if not _is_small(one, result["accounts"], hidden)],
    }


def _is_small(pair: Sequence[Any], accounts: int, hidden: set[str]) -> bool:
    together = round(pair[2] * accounts)
    return bool(hidden & {pair[0], pair[1]}) or 0 < together < LEAST or 0 < accounts - together < LEAST


def _choices(definition: Definition, ballots: Sequence[Ballot[Answers]]) -> Iterator[list[Choice]]:
    """Give what was chosen, of each module of which one is taken, and of each option by itself of others."""
    options: Mapping[str, list[str]] = {
        module["key"]: [one["key"] for one in definition["options"] if one["module"] == module["key"]]
        for module in definition["modules"]
    }
    for module in definition["modules"]:
        keys = options[module["key"]]
        for together in [keys] if module["takes"] in ("one", "maybe") else [[key] for key in keys]:
            yield [
                (one.account, one.segment, next((key for key in together if key in _design(one)), ""))
                for one in ballots
            ]


def _design(ballot: Ballot[Answers]) -> Sequence[str]:
    chosen: Sequence[str] = ballot.answers[KEY]["options"]
    return chosen


def _count(choices: Sequence[Choice], option: str, segment: str | None = None) -> int:
    """Count the accounts that chose an option; of one segment, or of all."""
    return len({who for who, where, what in choices if what == option and segment in (None, where)})
