"""Every way of a contact to an object that is there: their own, of another account, and to none at all."""

import io
import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from PIL import Image
from sqlalchemy import select

from ideaflow import audit
from ideaflow.clock import now
from ideaflow.codesign import inviting
from ideaflow.codesign.designs import service as designs
from ideaflow.codesign.designs.keeping import Wish
from ideaflow.codesign.models import CodesignSession
from ideaflow.ideas import service as ideas
from ideaflow.ideas.models import Picture
from ideaflow.loop import announcing
from ideaflow.portal import queries as portal
from ideaflow.portal.policy import ContactRight
from tests.codesign.answering import SECRET, Round, definition_of
from tests.codesign.bicycle import KEYS
from tests.loop.conftest import Ways

ABSENT = 987_654_321
DESIGN = Wish(frozenset(KEYS[name] for name in ("M", "29", "Disc", "Front", "Single")), "", 90.0)
# Takes the idea away, and is tried last, so that the rest is still there.
LAST = "portal_ideas.withdraw"
PRESSED = {"text": "One bin", "answer": "yes", "importance": "must", "stand": "yes", "share": "yes"}


@pytest.fixture
def ours(session: Any, contact_of: Any, make: Any) -> Any:
    """Elina’s browser, and what is hers alone: values for the addresses of every route, by its endpoint."""
    account = make.account(segment="Pharma")
    elina, colleague = contact_of(account), contact_of(account)
    me, other = (portal.visitor(contact_id=one.contact.id) for one in (elina, colleague))
    ask, by = Round(make, session), make.user().actor
    held: dict[str, CodesignSession] = {
        "maxdiff": ask.open(), "drafts": ask.open("drafts"),
        "opinions": ask.open("opinions", definition={**definition_of("opinions"), "additions": True}),
    }  # fmt: skip
    for one in held.values():
        inviting.invite(one.id, [me.contact_id, other.contact_id], "by hand", None, by=ask.by)
    designs.submit(me, held["drafts"].id, DESIGN, secret=SECRET)
    changed = Wish(DESIGN.options - {KEYS["Single"]} | {KEYS["Double"]}, "")
    amendment = designs.propose(other, held["drafts"].id, 1, changed, 1)
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    picture.seek(0)
    form = {"title": "Ours", "seen": "1", "who": "private", "pictures": [(picture, "a.png")]}
    elina.post("/portal/ideas/", data=form, content_type="multipart/form-data")
    drawn = session.scalars(select(Picture)).one()
    words = ideas.comment(me, drawn.idea_id, "The auditor wants to see it.")
    told = announcing.save(None, announcing.Draft("Now", "It is there.", ["Pharma"]), 0, by=by)
    announcing.publish(told.id, told.version, by=by)
    ways = Ways(session)
    theme = ways.theme(elina.contact)
    ways.journey(ways.proposal(theme, closed_at=now()), "launched")
    item = ways.said(elina.contact, theme)
    common = {
        "place": 1, "number": 1, "amendment_id": amendment.id, "idea_id": drawn.idea_id,
        "comment_id": words.id, "picture_id": drawn.id, "look_id": ideas.ask(me, "Count a bin").id,
        "announcement_id": told.id, "item_id": item.id,
    }  # fmt: skip

    def values(endpoint: str) -> dict[str, int]:
        kind = "drafts" if "designs" in endpoint else "opinions" if endpoint.endswith(".add") else "maxdiff"
        return {**common, "session_id": held[kind].id}

    elina.values, elina.drafts = values, held["drafts"]
    return elina


def _routes(app: Flask) -> Iterator[tuple[str, str, str]]:
    """Yield every way of a contact to an object: method, address with its places, endpoint."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda one: (one.endpoint == LAST, one.rule)):
        if "<" in rule.rule and isinstance(
            getattr(app.view_functions[rule.endpoint], "policy", None), ContactRight
        ):
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, rule.rule, rule.endpoint


def _address(rule: str, values: dict[str, int], absent: str = "") -> str:
    """Fill an address; ``absent`` names the part of it that is nowhere."""
    return re.sub(r"<int:(\w+)>", lambda one: str(ABSENT if one[1] == absent else values[one[1]]), rule)


def _open(browser: Any, address: str, method: str) -> Any:
    return browser.open(address, method=method, data=PRESSED if method == "POST" else None)


def test_anothers_and_none_read_the_same_by_every_way_there_is(app, ours, contact_of, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)  # A form's token holds the second it was made.
    stranger, wrong = contact_of(), []
    for method, rule, endpoint in _routes(app):
        values = ours.values(endpoint)
        first = re.findall(r"<int:(\w+)>", rule)[0]
        theirs, none = _address(rule, values), _address(rule, values, absent=first)
        one, two = (_open(stranger, each, method) for each in (theirs, none))
        if one.text.replace(theirs, "") != two.text.replace(none, "") or one.status_code != two.status_code:
            wrong.append((method, rule, one.status_code, two.status_code))
        elif one.status_code != 404 and endpoint != "portal_ideas.similar_found":  # An empty box, for both.
            wrong.append((method, rule, one.status_code))
    assert wrong == []


def test_a_draft_of_another_company_reads_as_none_to_who_is_asked_too(app, ours, contact_of, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)
    asked, wrong = contact_of(), []
    inviting.invite(ours.drafts.id, [asked.contact.id], "by hand", None, by=audit.SYSTEM)
    for method, rule, endpoint in _routes(app):
        if "<int:number>" in rule:
            values = ours.values(endpoint)
            theirs, none = _address(rule, values), _address(rule, values, absent="number")
            one, two = (_open(asked, each, method) for each in (theirs, none))
            if one.text.replace(theirs, "") != two.text.replace(none, "") or one.status_code != 404:
                wrong.append((method, rule, one.status_code, two.status_code))
    assert wrong == []


def test_what_is_ones_own_opens_by_every_way_there_is(app, ours):
    wrong = []
    for method, rule, endpoint in _routes(app):
        address = _address(rule, ours.values(endpoint))
        answer = _open(ours, address, method)
        if answer.status_code not in (200, 303, 422):
            wrong.append((method, rule, answer.status_code))
    assert wrong == []
    assert len(list(_routes(app))) >= 30
