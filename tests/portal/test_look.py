"""The portal in the company's own name, logo and colours."""

import re
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ideaflow.errors import Conflict, Invalid
from ideaflow.portal import look
from ideaflow.portal.colors import DARK_PAGE, LIGHT_PAGE, WHITE, contrast, shades

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@given(st.integers(0, 0xFFFFFF))
def test_every_colour_can_be_read_wherever_it_stands(number):
    found = shades(f"#{number:06x}")
    assert min(contrast(found.brand[0], ground) for ground in (WHITE, LIGHT_PAGE, found.soft[0])) >= 4.5
    assert min(contrast(found.brand[1], ground) for ground in (DARK_PAGE, found.soft[1])) >= 4.5
    assert min(contrast(WHITE, fill) for fill in (*found.fill, *found.hover)) >= 4.5


def test_a_colour_that_can_be_read_stays_as_it_is():
    assert shades("#17654b").fill[0] == "#17654b"


def test_contrast_is_that_of_the_standard():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_the_look_stands_on_every_page(client_of, client):
    boss = client_of("administrator")
    form = {"name": "Nordlager", "color": "#8a1c5b", "version": "0", "logo": (BytesIO(PNG), "l.png")}
    assert boss.post("/portal-look", data=form).status_code == 303
    odd = {"name": "Nordlager", "color": "#8a1c5b", "version": "²"}
    assert boss.post("/portal-look", data=odd).status_code == 409
    page = client.get("/portal/sign-in").text
    assert "Nordlager" in page and "Nordlager customer portal" in page
    style = client.get(re.search(r"/portal/brand\.css\?version=1", page)[0])
    assert style.mimetype == "text/css" and "#8a1c5b" in style.text
    picture = client.get("/portal/logo")
    assert picture.data == PNG and picture.mimetype == "image/png"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"


def test_without_a_look_of_its_own_the_portal_has_the_company_s_name(client):
    page = client.get("/portal/sign-in").text
    assert "Fernhall customer portal" in page and "brand.css" not in page
    assert client.get("/portal/logo").status_code == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"color": "red; } body { display: none"}, "color"),
        ({"logo": b"<svg onload=alert(1)>"}, "logo"),
        ({"logo": PNG + b"\0" * look.MOST_BYTES}, "logo"),
        ({"name": "x" * 61}, "name"),
    ],
)
def test_what_cannot_be_taken_is_named(make, change, field):
    values = {"name": "Nordlager", "color": "#8a1c5b", "logo": None, **change}
    with pytest.raises(Invalid) as refused:
        look.change(**values, version=0, by=make.user().actor)
    assert refused.value.of(field)


def test_two_administrators_do_not_overwrite_each_other(make):
    actor = make.user().actor
    look.change("One", "#112233", PNG, version=0, by=actor)
    with pytest.raises(Conflict):
        look.change("Two", "#445566", None, version=0, by=actor)
    kept = look.change("Two", "#445566", None, version=1, by=actor)
    assert kept.logo == PNG  # No new one: the old one stays.
    assert look.change("Two", "#445566", None, version=2, without_logo=True, by=actor).logo is None


def test_only_administrators_change_the_look(client_of):
    assert client_of("product_manager").post("/portal-look", data={}).status_code == 403
