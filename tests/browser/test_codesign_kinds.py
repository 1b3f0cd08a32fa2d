"""Prices, pairs, purses and opinions: answered on a phone, by keyboard, without a barrier; read by staff."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from ideaflow.codesign import inviting, spending
from ideaflow.db import db
from ideaflow.users.models import User
from tests.browser.looking import Site, assert_sound
from tests.codesign.answering import Round
from tests.factories import Factory

pytestmark = pytest.mark.browser
KINDS = ("prices", "pairwise", "buying", "opinions")


@pytest.fixture(scope="module")
def held(site: Site) -> Iterator[dict[str, Any]]:
    """A contact who is asked in four ways; a closed session of each for staff; who looks at them."""
    with site.app.app_context():
        make = Factory(db.session)
        ask = Round(make, db.session)
        contact = make.contact(account_id=make.account().id, name="Elina Koski")
        found: dict[str, Any] = {"contact": contact.id, "user": make.user(roles=["product_manager"])}
        accounts = ask.accounts(8)
        for key in KINDS:
            closed = ask.open(key)
            for number, one in enumerate(ask.invite(closed, *accounts)):
                ask.cast(one, number, best="o1" if key == "buying" else "o2")
            ask.result(closed)
            opened = ask.open(key)
            inviting.invite(opened.id, [contact.id], "by hand", None, by=ask.by)
            if key == "buying":
                spending.open_pool(opened.id, opened.version, by=ask.by)
            found[key] = (opened.id, closed.id)
        db.session.commit()
        db.session.refresh(found["user"])
        yield found
        db.session.remove()


def _as_contact(site: Site, path: str, contact: int, **more: Any) -> tuple[Any, list[str]]:
    page, errors = site.open("/portal/sign-in", width=390, **more)
    signer = site.app.session_interface.get_signing_serializer(site.app)  # type: ignore[attr-defined]
    value = signer.dumps({"contact": f"{contact}:0", "_permanent": True})
    name = site.app.config["SESSION_COOKIE_NAME"]
    page.context.add_cookies([{"name": name, "value": value, "url": site.url}])
    site.visit(page, path)
    return page, errors


@pytest.mark.parametrize("key", KINDS)
def test_it_is_answered_on_a_phone_with_keys_alone(site, held, key):
    page, errors = _as_contact(site, f"/portal/design/{held[key][0]}/1", held["contact"])
    assert_sound(page, errors, f"asked-{key}-390")
    if key == "prices":
        for name, price in (
            ("too_cheap", "19"),
            ("cheap", "15"),
            ("expensive", "49"),
            ("too_expensive", "79"),
        ):
            page.locator(f"[name={name}]").focus()
            page.keyboard.type(price)
        page.keyboard.press("Enter")
        expect(page.locator("#p-cheap-error")).to_contain_text("is not above")
        errors.clear()  # Chromium notes the refused page.
        assert_sound(page, errors, "refused-prices-390")
        page.locator("[name=cheap]").fill("29")
    elif key == "buying":
        page.locator("[data-spends]").nth(1).focus()
        page.keyboard.type("20")
        expect(page.locator("[data-left]")).to_have_text("76")
    else:
        page.locator(".if-side").first.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.url}/portal/design/{held[key][0]}/{'review' if key == 'buying' else 2}")
    assert_sound(page, errors, f"next-{key}-390")


@pytest.mark.parametrize("key", KINDS)
def test_its_result_is_a_picture_staff_can_read(site, held, key):
    user: User = held["user"]
    for width, theme in ((1440, "light"), (390, "dark")):
        page, errors = site.open(f"/co-design/{held[key][1]}", as_user=user, width=width, theme=theme)
        expect(page.locator("[data-chart] svg")).to_be_visible()
        assert_sound(page, errors, f"result-{key}-{width}-{theme}")
