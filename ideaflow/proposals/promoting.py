"""Themes become proposals: named after the one most accounts are in, their numbers frozen at that moment."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from ideaflow import audit
from ideaflow.audit import Actor
from ideaflow.db import transaction
from ideaflow.errors import Conflict, Invalid
from ideaflow.proposals.change import begin
from ideaflow.proposals.evidence import freeze, open_theme, tie_theme
from ideaflow.proposals.models import Proposal
from ideaflow.proposals.policy import Origin
from ideaflow.proposals.queries import citing
from ideaflow.themes import service as themes
from ideaflow.themes.models import Theme

PROMOTE_LOCK = 7_310_020


class AlreadyProposed(Conflict):
    """A theme is in a live proposal already; it may be added to that one instead.

    :param proposal: the one that cites it; ``theme_ids``: all that were to be promoted.
    """

    def __init__(self, theme: Theme, proposal: Proposal, theme_ids: Sequence[int]) -> None:
        super().__init__(
            f"Theme {theme.id} “{theme.title}” is in {proposal.label} “{proposal.title}” already. "
            "Nothing was promoted."
        )
        self.proposal, self.theme_ids = proposal, list(theme_ids)


def promote(theme_ids: Sequence[int], owner_id: int, *, by: Actor) -> Proposal:
    """Make a proposal of themes: named after the one most accounts are in, its numbers live and frozen.

    :raises Invalid: no theme is given, or nobody may own it.
    :raises NotFound: one of the themes does not exist.
    :raises Conflict: a theme was dismissed or lives on in another.
    :raises AlreadyProposed: a live proposal cites one of them.
    """
    ids = sorted(set(theme_ids))
    if not ids:
        raise Invalid("Choose at least one theme to promote.")
    with transaction() as session:
        take_turn(session)
        found = [open_theme(session, theme_id) for theme_id in ids]
        taken = citing(ids)
        for theme in found:
            if theme.id in taken:
                raise AlreadyProposed(theme, taken[theme.id], ids)
        largest = max(found, key=lambda theme: (theme.account_count, theme.statement_count, -theme.id))
        proposal = begin(session, largest.title, owner_id, origin=Origin.THEME, by=by)
        for theme in found:
            session.add(tie_theme(proposal, theme, by))
        themes.mark_proposed(ids, by=by)
        audit.record(by, "proposals.promote", proposal, after={"theme_ids": ids, "owner_id": owner_id})
        freeze(proposal.id, "promoted", by=by)
    return proposal


def take_turn(session: Session) -> None:
    """Let those who promote the same theme at once take turns, so that the second one sees the first."""
    session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": PROMOTE_LOCK})
