"""Records of the way back: statements in themes, themes in proposals, proposals at their ends."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from ideaflow.clock import now
from ideaflow.feedback.models import Statement
from ideaflow.gates.models import GateReview, Journey
from ideaflow.gates.process import publishing
from ideaflow.gates.review.models import Notice
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.themes.models import Theme, ThemeMembership
from tests.factories import Factory


class Ways(Factory):
    """Makes the ways that words go, each record as short as it can be."""

    def said(
        self, contact: Any, theme: Theme | None = None, text: str = "Two halls stop.", **values: Any
    ) -> Any:
        """Let a contact say something, in a theme if one is given; returns the item."""
        values = {"contact_id": contact.id, "account_id": contact.account_id, "text": text, **values}
        item = self.item(**values)
        self.statement(item)
        if theme is not None:
            self.put(item, theme)
        return item

    def put(self, item: Any, theme: Theme) -> None:
        """Put what was said into a theme."""
        (statement,) = self.session.scalars(select(Statement).where(Statement.item_id == item.id))
        self._add(ThemeMembership(statement_id=statement.id, theme_id=theme.id, strength=0.9, likeness=0.9))

    def theme(self, *contacts: Any, **values: Any) -> Theme:
        """Make a theme in which these contacts have spoken."""
        theme = self._add(Theme(**{"title": "Halls stop", **values}))
        for contact in contacts:
            self.said(contact, theme)
        return theme

    def proposal(self, theme: Theme | None = None, **values: Any) -> Proposal:
        """Make a proposal that rests on a theme."""
        owner = self.user()
        proposal = self._add(Proposal(**{"title": "Live count", "owner_id": owner.id, **values}))
        if theme is not None:
            self._add(
                Evidence(
                    proposal_id=proposal.id,
                    serves_id=proposal.id,
                    kind="theme",
                    theme_id=theme.id,
                    added_at=now(),
                )
            )
        return proposal

    def journey(self, proposal: Proposal, state: str) -> Journey:
        """Put a proposal where it stands."""
        from ideaflow.gates import service as gates

        gates.ship()
        version = publishing.published()
        assert version is not None
        stage = version.content.stages[0].key
        return self._add(
            Journey(
                proposal_id=proposal.id, process_version_id=version.id, state=state, stage_key=stage,
                started_at=now(), state_since=now(),
            )
        )  # fmt: skip

    def decided(self, proposal: Proposal, decision: str, notice: str = "", **values: Any) -> GateReview:
        """Let the first gate decide; the reason is for the inside alone."""
        journey = self.session.get(Journey, proposal.id) or self.journey(proposal, "working")
        gate = journey.content.gates[0].key
        review = self._add(
            GateReview(
                **{
                    "proposal_id": proposal.id, "process_version_id": journey.process_version_id,
                    "gate_key": gate, "sequence": 1, "state": "decided", "pack": {}, "pack_hash": "0" * 64,
                    "opened_at": now(), "due_on": now().date(), "decision": decision,
                    "reason": "INSIDE: their margin is thin", "decided_at": now(),
                    "revisit_on": now().date() + timedelta(days=90) if decision == "hold" else None,
                    "target_stage": journey.stage_key if decision == "recycle" else None, **values,
                }
            )
        )  # fmt: skip
        if notice:
            self._add(
                Notice(
                    review_id=review.id, proposal_id=proposal.id, teller_id=proposal.owner_id,
                    due_on=now().date(), words=notice, contacts=[],
                )
            )  # fmt: skip
        return review


@pytest.fixture
def ways(session: Any) -> Ways:
    """Makes the ways that words go."""
    return Ways(session)


@pytest.fixture
def people(ways: Ways) -> list[Any]:
    """Four contacts of four accounts."""
    return [ways.contact(account_id=ways.account().id) for _ in range(4)]


IN_MARCH = datetime(2026, 3, 5, 9, tzinfo=UTC)
