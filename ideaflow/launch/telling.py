"""Who is told when a cell turns: its sellers and its owner, once for each turn to red, with the reason."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ideaflow import config, outbox
from ideaflow.clock import now
from ideaflow.launch.measuring import Turned, on_turn
from ideaflow.launch.models import CheckStanding, LaunchCell
from ideaflow.launch.standings import told
from ideaflow.market.models import Seller
from ideaflow.users.models import User


@on_turn
def tell_sellers(session: Session, turned: Sequence[Turned]) -> None:
    """Write to everybody who sells in a cell that cannot sell any more, and to who drives it."""
    for one in turned:
        if one.is_ready:
            continue
        for email, name in _whom(session, one.cell):
            outbox.post(
                email, f"{one.launch.name} cannot be sold in {place_of(one.cell)} any more",
                _words(one, one.cell, name),
                key=f"cell:{one.cell.id} {now():%Y-%m-%d %H:%M:%S.%f} to {email}"[:300],
            )  # fmt: skip


def place_of(cell: LaunchCell) -> str:
    """Return what people call a cell: “Partners, DACH”."""
    return f"{cell.channel.name}, {cell.region.name}"


def why(because: Sequence[CheckStanding]) -> list[str]:
    """Return why a cell is red, by check: “Price entry active: price entry inactive since 10:02”."""
    red = [one for one in because if not one.is_passed]
    red.sort(key=lambda one: (not one.check.is_blocking, one.check.title))
    return [f"{one.check.title}: {told(one, now())}" for one in red]


def _whom(session: Session, cell: LaunchCell) -> list[tuple[str, str]]:
    sellers = select(Seller.email, Seller.name).where(
        Seller.channel_id == cell.channel_id, Seller.region_id == cell.region_id, Seller.left_at.is_(None)
    )
    found = {row[0]: row[1] for row in session.execute(sellers)}
    owner = session.scalar(select(User).where(User.id == cell.owner_id, User.left_at.is_(None)))
    if owner is not None:
        found.setdefault(owner.email, owner.name)
    return sorted(found.items())


def _words(one: Turned, cell: LaunchCell, name: str) -> str:
    reasons = why(one.because) or ["R is below what its tier asks for"]
    lines = "\n".join(f"- {reason}" for reason in reasons)
    return (
        f"Hello {name.split()[0] if name else ''},\n\n"
        f"{one.launch.name} cannot be sold in {place_of(cell)} any more:\n\n{lines}\n\n"
        "Do not quote it there until it is green again. What holds it, and who is on it:\n"
        f"{config.read().address}/launches/{one.launch.id}\n"
    )
