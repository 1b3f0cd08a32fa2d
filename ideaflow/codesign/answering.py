"""Where a contact's answers lie while they answer: on the server with their name, or in their browser only.

Anonymous sessions keep them in a signed cookie: nothing of a half-filled ballot reaches the database, where
it would stand beside a name. The cookie holds the receipt too, so that it can be read again in this browser.
"""

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, request, url_for
from itsdangerous import BadData, URLSafeSerializer

from ideaflow.codesign import casting, spending
from ideaflow.codesign.casting import Draft
from ideaflow.codesign.kinds.contract import Instrument, Step
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.models import CodesignSession, Participant
from ideaflow.errors import Invalid

KEPT_DAYS = 180
MOST_BYTES = 3_800  # A browser keeps 4 KB of one cookie.


@dataclass
class Sheet:
    """What lies before a participant: the questions, what they answered, the receipt once it is in."""

    participant: Participant
    session: CodesignSession
    draft: Draft
    receipt: str = ""
    is_sent: bool = False  # This browser sent a ballot with this receipt.

    @property
    def instrument(self) -> Instrument:
        return INSTRUMENTS[self.session.instrument]

    @property
    def definition(self) -> Mapping[str, Any]:
        """Return what is asked, with what is known of others' answers where the next question needs it."""
        has_money = spending.has_money(self.session)
        known = spending.known_to(self.session, self.participant) if has_money else self.session.learned
        return {**self.session.definition, "standing": known}

    @property
    def is_asked_again(self) -> bool:
        """Return whether they answered already and another round began."""
        return self.participant.is_done and self.instrument.is_asked_again(
            self.session.definition, self.draft.answers
        )

    @property
    def steps(self) -> list[Step]:
        return self.instrument.steps(self.definition, self.draft.seed, self.draft.answers)

    @property
    def aim(self) -> int:
        """Return about how many answers are enough where one may give as many as one likes; 0: all."""
        return self.instrument.aim(self.session.definition)

    def step(self, place: int, key: str) -> Step | None:
        """Return the question a page was made of, else the one at its place; None where there is none."""
        kept = (
            self.instrument.step(self.definition, self.draft.seed, self.draft.answers, key) if key else None
        )
        steps = self.steps
        return kept or (steps[place - 1] if 1 <= place <= len(steps) else None)

    @property
    def answered_count(self) -> int:
        return sum(step.key in self.draft.answers for step in self.steps)

    @property
    def first_open(self) -> int:
        """Return the place of the first question without an answer, from 1; after the last when none is."""
        steps = self.steps
        return next(
            (at for at, step in enumerate(steps, 1) if step.key not in self.draft.answers), len(steps) + 1
        )

    @property
    def is_whole(self) -> bool:
        return self.draft.is_whole(self.instrument, self.session.definition)


def sheet_of(participant: Participant) -> Sheet:
    """Return what a participant has answered so far."""
    kept, held = _read_cookie(participant), participant.session
    if held.is_anonymous:
        draft = Draft.of(kept.get("draft"), secrets.randbelow(2**31))
    else:
        draft = Draft.of(participant.draft, participant.seed)
    return Sheet(participant, held, draft, str(kept.get("receipt", "")), bool(kept.get("sent")))


def keep(sheet: Sheet, response: Response) -> Response:
    """Keep the answers of a sheet where they belong.

    :raises Invalid: they are too long for the browser of an anonymous participant.
    """
    if sheet.session.is_anonymous:
        _write_cookie(sheet, response)
    else:
        casting.keep_draft(sheet.participant.id, sheet.draft)
    return response


def keep_receipt(sheet: Sheet, response: Response) -> Response:
    """Keep the receipt in this browser; of an anonymous ballot that was sent, nothing else stays."""
    _write_cookie(sheet, response)
    return response


def shown_at() -> str:
    """Return the moment a page was made, for the seconds it is looked at."""
    return f"{time.time():.1f}"


def seconds_since(typed: str) -> float | None:
    """Return how long a page was looked at, as far as that can be told."""
    try:
        return max(0.0, time.time() - float(typed))
    except ValueError:
        return None


def _name(session_id: int) -> str:
    return f"codesign-{session_id}"


def _signer(participant: Participant) -> URLSafeSerializer:
    # Signed for this contact: on a shared machine the next one begins anew.
    return URLSafeSerializer(
        current_app.secret_key or "", salt=f"codesign-{participant.session_id}-{participant.contact_id}"
    )


def _read_cookie(participant: Participant) -> Mapping[str, Any]:
    kept = request.cookies.get(_name(participant.session_id), "")
    try:
        read: dict[str, Any] = _signer(participant).loads(kept) if kept else {}
    except BadData:
        return {}
    return read


def _write_cookie(sheet: Sheet, response: Response) -> None:
    held: dict[str, Any] = {"receipt": sheet.receipt, "sent": sheet.is_sent}
    if sheet.session.is_anonymous and not sheet.is_sent:
        held["draft"] = sheet.draft.kept()
    value = _signer(sheet.participant).dumps(held)
    if len(value) > MOST_BYTES:
        raise Invalid("These answers are too long to be kept in your browser. Shorten them.")
    response.set_cookie(
        _name(sheet.participant.session_id), value if isinstance(value, str) else value.decode(),
        max_age=KEPT_DAYS * 86_400, path=url_for("portal_codesign.index"), httponly=True, samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )  # fmt: skip
