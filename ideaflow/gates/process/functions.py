"""What ideaflow does for a step of a process: business words come first, a function is bound afterwards."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Function:
    """Something a step can be done with.

    :param endpoint: the page it is done on; empty when it is done elsewhere.
    :param anchor: the place on that page.
    :param of_proposal: whether the page belongs to one proposal.
    """

    key: str
    words: str
    hint: str
    endpoint: str = ""
    anchor: str = ""
    of_proposal: bool = False


FUNCTIONS: dict[str, Function] = {
    one.key: one
    for one in (
        Function("themes", "Read themes", "What many say, with its trend and its doubt.", "themes.index"),
        Function("feedback", "Read feedback", "What single customers said, word for word.", "feedback.index"),
        Function("accounts", "Look at accounts", "Who asks, what they buy, what is open.", "accounts.index"),
        Function(
            "words", "Say what it is", "Problem, value, arena, owner and benefit of the proposal.",
            "proposals.edit", of_proposal=True,
        ),
        Function(
            "estimates", "Estimate it", "Impact, confidence, effort, money and people asked for.",
            "proposals.edit", of_proposal=True,
        ),
        Function(
            "evidence", "Link evidence", "Themes, statements, accounts, opportunities, documents.",
            "proposals.evidence", of_proposal=True,
        ),
        Function(
            "deliverable", "Hand in a deliverable", "Done, with a note and a link to where it lies.",
            "proposals.show", "deliverables", of_proposal=True,
        ),
        Function(
            "conditions", "Settle conditions", "What the last gate asked for, with its proof.",
            "proposals.show", "conditions", of_proposal=True,
        ),
        Function("outside", "Done outside", "Not in ideaflow: in the workshop, at the customer."),
    )
}  # fmt: skip


def is_known(key: str) -> bool:
    """Return whether a function can be bound."""
    return key in FUNCTIONS


def words_of(key: str) -> str:
    """Return what people read of a function; of one that is gone, its key.

    >>> words_of("evidence"), words_of("")
    ('Link evidence', 'not bound yet')
    """
    return FUNCTIONS[key].words if key in FUNCTIONS else key or "not bound yet"
