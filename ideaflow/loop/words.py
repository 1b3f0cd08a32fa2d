"""Which words are whose: what a contact may see of what was said. The scope lies in the query."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_

from ideaflow.feedback.models import FeedbackItem

CALL_NOTE = "call_note"


@dataclass(frozen=True)
class Scope:
    """Whose words are asked for: a contact's own, or those of their account as well.

    :param account_id: the account they belong to at this moment; what they said at another is not theirs.
    """

    contact_id: int
    account_id: int | None
    is_company: bool = False


def in_scope(scope: Scope) -> ColumnElement[bool]:
    """Return, for queries, whether an item may be seen by whom ``scope`` names."""
    own = FeedbackItem.contact_id == scope.contact_id
    if scope.account_id is None:
        return and_(own, FeedbackItem.account_id.is_(None), said_to_us())
    of_account = FeedbackItem.account_id == scope.account_id
    mine = and_(own, or_(of_account, FeedbackItem.account_id.is_(None)))
    return and_(or_(mine, of_account) if scope.is_company else mine, said_to_us())


def said_to_us() -> ColumnElement[bool]:
    """Return whether an item is what a customer said: not what one of ours wrote about a sale."""
    ours = and_(FeedbackItem.is_proxy, FeedbackItem.part != CALL_NOTE, FeedbackItem.source != "portal")
    return and_(FeedbackItem.counts, FeedbackItem.opportunity_id.is_(None), ~ours)
