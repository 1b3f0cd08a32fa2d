"""Scores, inputs and what would turn an order, in words. Pure rules."""

from ideaflow import wording
from ideaflow.proposals.scores.methods import Input, Method
from ideaflow.proposals.scores.ordering import Turn
from ideaflow.proposals.scoring import shown

MOST_SURE = 0.996  # Draws cannot say that something is certain.
SURE = 0.9
"""From this chance on one says that a proposal holds its place."""


def value_words(method: Method, value: float | None, currency: str) -> str:
    """Write a score: money as money, everything else in three digits."""
    if value is None:
        return wording.NONE
    if method.is_money:
        return wording.money(value, currency) if value else "0"
    return f"−{shown(-value)}" if value < 0 else shown(value)


def input_words(one: Input, value: float, currency: str) -> str:
    """Write an input as it is read: money, a share, or a number.

    >>> input_words(Input("chance", "Chance", most=1.0), 0.5, "EUR")
    '.50'
    """
    if one.is_money:
        return wording.money(value, currency) if value else "0"
    if one.most == 1:
        return wording.decimal(value)
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def turn_words(turn: Turn, currency: str) -> str:
    """Say which change of which input would change the order of two neighbours."""
    way = "rises" if turn.after > turn.before else "falls"
    before, after = (input_words(turn.input, value, currency) for value in (turn.before, turn.after))
    by = (
        f", {wording.share(turn.share)} {'more' if turn.after > turn.before else 'less'}"
        if turn.before
        else ""
    )
    what = f"passes {turn.other.label}" if turn.is_up else f"falls behind {turn.other.label}"
    label = turn.input.label[0].lower() + turn.input.label[1:]
    return f"{turn.mover.label} {what} if {label} {way} from {before} to {after}{by}"


def holds_words(chance: float | None) -> str:
    """Say how surely a proposal stands above the next one."""
    if chance is None:
        return ""
    told = "holds" if chance >= SURE else "likely" if chance >= 0.7 else "not told apart"
    return f"{told}, {wording.share(min(chance, MOST_SURE))}"
