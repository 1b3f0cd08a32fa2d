"""What other pages show of proposals: a theme the one it is in, the start page what waits for owners.

The list of themes can be narrowed to an objective: the arena of the live proposal that cites a theme.
"""

from collections.abc import Iterator

from flask import url_for
from sqlalchemy import ColumnElement, select

from ideaflow import parts, work
from ideaflow.proposals import fields, kin, queries
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.numbers import current, lineage_of
from ideaflow.proposals.queries import ListRow
from ideaflow.themes.models import Theme
from ideaflow.themes.reading.filters import MoreFilter, add_filter
from ideaflow.users.models import User
from ideaflow.users.policy import Right
from ideaflow.wording import shorten
from ideaflow.work import Waiting

MOST_WAITING = 5


def of_theme(theme: Theme) -> parts.Part | None:
    """Show in which live proposal a theme is evidence."""
    proposal = queries.citing([theme.id]).get(theme.id)
    return parts.Part("proposals/_of_theme.html", {"proposal": proposal}) if proposal else None


@work.waits
def waiting(user: User) -> Iterator[Waiting]:
    """Tell an owner which proposals want a sentence, estimates, or a look at what has moved."""
    if not user.may(Right.PROPOSE):
        return
    for one in kin.asked_of(user.id):
        yield Waiting(
            f"Should {one.source.label} {one.source.title} live on in {one.target.label}?",
            f"{one.target.title}: “{shorten(one.request.reason, 90)}”",
            url_for("proposals.show", proposal_id=one.source.id),
            "Answer",
            icon="git-merge",
            tone="accent",
        )
    rows = queries.live_rows(user.id)
    jobs = (job for row in rows if row.proposal.can_be_edited and (job := _job(row)) is not None)
    for _, job in zip(range(MOST_WAITING), jobs, strict=False):
        yield job


def _job(row: ListRow) -> Waiting | None:
    proposal = row.proposal
    what = f"{proposal.label} {proposal.title}"
    page = url_for("proposals.show", proposal_id=proposal.id)
    if not proposal.value:
        form = url_for("proposals.edit", proposal_id=proposal.id)
        return Waiting(what, "It does not say yet what customers gain", form, "Write it", icon="pencil")
    if row.has_changed:
        why = "More or fewer ask for it than when its numbers were frozen"
        return Waiting(what, why, page, "See what moved", icon="activity", tone="accent")
    if row.score is None:
        return Waiting(what, "Its score waits for estimates", f"{page}#score", "Estimate", icon="scale")
    return None


parts.add("themes.page", of_theme)


def _serves(arena: str) -> ColumnElement[bool]:
    """Return the condition “a live proposal in this arena cites the theme”, or one that went into it."""
    cited = lineage_of(
        current()
        .join(Proposal, Proposal.id == Evidence.proposal_id)
        .where(Proposal.arena == arena, Proposal.withdrawn_at.is_(None), Proposal.closed_at.is_(None))
    )
    return Theme.id.in_(select(cited.c.now_id))


def _objectives() -> list[tuple[str, str]]:
    return [(name, name) for name in fields.open_arenas()]


add_filter(MoreFilter("objective", "Objective", _objectives, _serves))
