"""What later slices tell a seller: they register, so that launches need not know them.

hooks.tell_who_heard(heard)        # loop: who of the contacts has been told, and when
hooks.offer_mail(address)          # loop: where one reads and sends “you asked”
hooks.tell_proof(proofs)           # loop: what was proved elsewhere and may be named
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from ideaflow.hooks import Hook


@dataclass(frozen=True)
class Proof:
    """What became of it at another customer, who agreed to be named."""

    words: str
    consent: str = "Named with consent"


@dataclass(frozen=True)
class News:
    """One thing that changed with an account.

    :ivar kind: asked, answered, cell, commitment or renewal; ``tone``: go, watch, stop or nothing.
    """

    kind: str
    words: str
    url: str
    tone: str = ""


Heard = Callable[[Collection[int], Collection[int]], Mapping[tuple[int, int], datetime]]
MailAddress = Callable[[int, int], str]
Proofs = Callable[[Collection[int]], Mapping[int, list[Proof]]]
NewsTeller = Callable[[Collection[int], datetime], Mapping[int, list[News]]]

tell_who_heard = Hook[Heard]()
"""Ask ``teller(proposal ids, contact ids)`` who was told of what: (proposal, contact) → when first."""

offer_mail = Hook[MailAddress]()
"""Ask ``address(account id, launch id)`` where “you asked” is read and sent."""

tell_proof = Hook[Proofs]()
"""Ask ``teller(launch ids)`` for proof points whose customers agreed to be named."""

tell_news = Hook[NewsTeller]()
"""Ask ``teller(account ids, since)`` what changed with accounts."""


def heard(proposal_ids: Collection[int], contact_ids: Collection[int]) -> dict[tuple[int, int], datetime]:
    """Return who was told of what, and when."""
    known: dict[tuple[int, int], datetime] = {}
    for teller in tell_who_heard if proposal_ids and contact_ids else ():
        known.update(teller(proposal_ids, contact_ids))
    return known


def mail_address(account_id: int, launch_id: int) -> str:
    """Return where “you asked” is read and sent; empty while nobody offers it."""
    return next((address(account_id, launch_id) for address in offer_mail), "")


def proofs(launch_ids: Collection[int]) -> dict[int, list[Proof]]:
    """Return the proof points of each launch."""
    known: dict[int, list[Proof]] = {}
    for teller in tell_proof if launch_ids else ():
        for launch_id, found in teller(launch_ids).items():
            known.setdefault(launch_id, []).extend(found)
    return known


def news(account_ids: Collection[int], since: datetime) -> dict[int, list[News]]:
    """Return what later slices tell of each account since a moment."""
    known: dict[int, list[News]] = {}
    for teller in tell_news if account_ids else ():
        for account_id, found in teller(account_ids, since).items():
            known.setdefault(account_id, []).extend(found)
    return known
