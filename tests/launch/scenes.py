"""A customer who asked, a sale that waits, a launch that brings it: what a seller's pages are tested on."""

from decimal import Decimal
from typing import Any

from ideaflow.accounts.models import Account, Opportunity
from ideaflow.clock import now
from ideaflow.launch.models import Launch
from ideaflow.launch.unblocking.models import OpportunityGap
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.themes.models import Theme
from tests.loop.conftest import Ways


class Scenes(Ways):
    """Makes records as short as they can be."""

    def rests_on(self, proposal: Proposal, theme: Theme) -> Proposal:
        """Let a proposal rest on a theme."""
        ties = {"proposal_id": proposal.id, "serves_id": proposal.id, "theme_id": theme.id}
        self._add(Evidence(**ties, kind="theme", added_at=now()))
        return proposal

    def sale(self, account: Account, amount: int = 320_000, **values: Any) -> Opportunity:
        return self.opportunity(account_id=account.id, amount=Decimal(amount), **values)

    def gap(self, sale: Opportunity, **target: Any) -> OpportunityGap:
        """Let a sale wait for something: ``theme_id=…``, ``proposal_id=…`` or ``offering_id=…``."""
        values = {"severity": "challenge", "state": "waits", "said_at": now(), **target}
        return self._add(OpportunityGap(opportunity_id=sale.id, **values))

    def launched(self, theme: Theme, account: Account, **values: Any) -> Launch:
        """A launch of what rests on a theme, with a direct and a partner cell in the account's region."""
        region = self.region(name="DACH", spellings=["Germany"])
        channels = [self.channel(name="Direct"), self.channel(name="Partners", is_partner=True)]
        proposal = self.rests_on(self.passed_proposal(title="Dock Scheduling"), theme)
        return self.launch(channels, [region], proposal=proposal, offering_name="Dock Scheduling", **values)
