"""How much of a sale each gap holds back, without counting any amount twice. Pure rules.

A sale of amount A waits for its gaps. Each gap gets a share of A, the same for all or by how much it matters
to the buyer (3, 2, 1); what several proposals would close is split evenly among them. So all shares
of a sale together are never more than its amount, whatever is added up.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

CENT = Decimal("0.01")
ENOUGH_ENDED = 20
"""From so many sales that ended on, their share won is taken for a chance."""


class Severity(StrEnum):
    """How much a gap matters to the buyer."""

    DEAL_BREAKER = "deal_breaker"
    CHALLENGE = "challenge"
    NICE = "nice"

    @property
    def weight(self) -> int:
        return {"deal_breaker": 3, "challenge": 2, "nice": 1}[self.value]

    @property
    def words(self) -> str:
        return {"deal_breaker": "deal-breaker", "challenge": "challenge", "nice": "nice to have"}[self.value]


class Split(StrEnum):
    """How an amount is shared over the gaps of its sale."""

    EVEN = "even"
    WEIGHTED = "weighted"

    @property
    def words(self) -> str:
        return {"even": "even shares", "weighted": "by weight 3 / 2 / 1"}[self.value]


@dataclass(frozen=True)
class Gap:
    """One thing a sale waits for, and the proposals that would close it: none, one, or several."""

    severity: Severity
    proposal_ids: frozenset[int] = frozenset()

    def waits_for(self, proposal_ids: Collection[int]) -> bool:
        """Return whether any of these proposals would close it."""
        return not self.proposal_ids.isdisjoint(proposal_ids)


def any_waits(gaps: Iterable[Gap], proposal_ids: Collection[int]) -> bool:
    """Return whether any of these gaps waits for any of these proposals."""
    return any(gap.waits_for(proposal_ids) for gap in gaps)


@dataclass(frozen=True)
class Sale:
    """An open opportunity with what it waits for.

    :ivar amount: in the currency that all sums are shown in.
    :ivar chance: to be won, 0 to 1; None where too few sales have ended to say.
    """

    id: int
    amount: Decimal
    gaps: tuple[Gap, ...]
    chance: float | None = None


@dataclass(frozen=True)
class Chance:
    """How likely sales at one stage are won, and from what that is known.

    :ivar stage: empty: sales at this stage have not ended often enough, so all that ended tell.
    """

    share: float
    won: int
    ended: int
    stage: str = ""


@dataclass(frozen=True)
class Worth:
    """What a proposal would unblock, as a range that counts no amount twice.

    :ivar sole: of sales that wait for nothing else; ``touched``: of all that wait for it.
    :ivar share: its shares of those sales; ``expected``: each share times the chance of its sale to be won.
    :ivar unsure_count: sales without a chance, which are not in ``expected``.
    """

    sole: Decimal = Decimal(0)
    touched: Decimal = Decimal(0)
    share: Decimal = Decimal(0)
    expected: Decimal = Decimal(0)
    sale_count: int = 0
    sole_count: int = 0
    gap_count: int = 0
    unsure_count: int = 0
    shares: Mapping[int, Decimal] = field(default_factory=dict)

    @property
    def is_known(self) -> bool:
        """Return whether any of these sales has a chance, so that ``expected`` says something."""
        return self.unsure_count < self.sale_count


NOTHING = Worth()


def shares_of(amount: Decimal, severities: Sequence[Severity], split: Split = Split.EVEN) -> list[Decimal]:
    """Return the share of an amount that each gap holds back, in whole cents.

    >>> [str(one) for one in shares_of(Decimal(320_000), [Severity.NICE] * 3)]
    ['106666.66', '106666.66', '106666.66']
    >>> weighed = shares_of(Decimal(60), [Severity.DEAL_BREAKER, Severity.NICE], Split.WEIGHTED)
    >>> [str(one) for one in weighed]
    ['45.00', '15.00']
    """
    weights = [one.weight if split is Split.WEIGHTED else 1 for one in severities]
    whole = sum(weights)
    return [_down(max(amount, Decimal(0)) * weight / whole) for weight in weights]


def share_in(sale: Sale, proposal_ids: Collection[int], split: Split = Split.EVEN) -> Decimal:
    """Return how much of one sale these proposals would unblock together."""
    shares = shares_of(sale.amount, [gap.severity for gap in sale.gaps], split)
    parts = [
        _down(share * len(wanted) / len(gap.proposal_ids))
        for gap, share in zip(sale.gaps, shares, strict=True)
        if (wanted := gap.proposal_ids.intersection(proposal_ids))
    ]
    return sum(parts, Decimal(0))


def worth_of(proposal_ids: Collection[int], sales: Iterable[Sale], split: Split = Split.EVEN) -> Worth:
    """Return what these proposals would unblock of ``sales``; those that wait for none of them are left out.

    :param proposal_ids: of one proposal, or of all that feed one offering.
    """
    touched = [sale for sale in sales if any_waits(sale.gaps, proposal_ids)]
    alone = [sale for sale in touched if all(gap.waits_for(proposal_ids) for gap in sale.gaps)]
    shares = {sale.id: share_in(sale, proposal_ids, split) for sale in touched}
    expected = (
        _down(shares[sale.id] * Decimal(str(sale.chance))) for sale in touched if sale.chance is not None
    )
    return Worth(
        sole=_sum(sale.amount for sale in alone),
        touched=_sum(sale.amount for sale in touched),
        share=_sum(shares.values()),
        expected=_sum(expected),
        sale_count=len(touched),
        sole_count=len(alone),
        gap_count=sum(len(sale.gaps) for sale in touched),
        unsure_count=sum(sale.chance is None for sale in touched),
        shares=shares,
    )


def chance_of(
    stage: str, by_stage: Mapping[str, tuple[int, int]], of_all: tuple[int, int], enough: int = ENOUGH_ENDED
) -> Chance | None:
    """Return how likely a sale at ``stage`` is won; None: too few have ended to say.

    :param by_stage: of the sales that were at a stage once and have ended: how many were won, how many ended.
    :param of_all: the same of all sales that ended.

    >>> chance_of("Negotiation", {"Negotiation": (21, 30)}, (40, 100))
    Chance(share=0.7, won=21, ended=30, stage='Negotiation')
    >>> chance_of("Discovery", {"Discovery": (1, 2)}, (40, 100))
    Chance(share=0.4, won=40, ended=100, stage='')
    >>> chance_of("Discovery", {}, (3, 4)) is None
    True
    """
    won, ended = by_stage.get(stage, (0, 0))
    if stage and ended >= enough:
        return Chance(won / ended, won, ended, stage)
    won, ended = of_all
    return Chance(won / ended, won, ended) if ended >= enough else None


def fraction_words(count: int) -> str:
    """Return the share that each of so many gaps gets, in words.

    >>> [fraction_words(count) for count in (1, 2, 3, 4, 7)]
    ['all', 'an even half', 'an even third', 'an even quarter', 'an even share']
    """
    words = {1: "all", 2: "an even half", 3: "an even third", 4: "an even quarter"}
    return words.get(count, "an even share")


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum((max(one, Decimal(0)) for one in amounts), Decimal(0))


def _down(amount: Decimal) -> Decimal:
    # Never up: two halves of a cent more would be more than there is.
    return amount.quantize(CENT, rounding=ROUND_DOWN)
