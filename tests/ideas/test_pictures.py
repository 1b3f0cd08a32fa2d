"""Pictures with ideas: drawn anew, or refused; never served as anything but a picture."""

import io
import struct
import zlib

import pytest
from PIL import Image

from ideaflow.ideas import pictures
from ideaflow.ideas.models import Picture
from ideaflow.ideas.pictures import Refused, redraw

PAYLOAD = b"<script>window.__x=1</script>"


def _image(form: str = "PNG", size: tuple[int, int] = (40, 30), **values) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **values)
    return out.getvalue()


def _with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "CNR-camera", 6  # Who made the camera; and it lies on its side.
    return _image("JPEG", exif=exif, comment=PAYLOAD)


def _claims(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims to be huge."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(9000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_three_formats_become_one(form):
    drawn = redraw(_image(form))
    assert Image.open(io.BytesIO(drawn.content)).format == "WEBP"
    assert (drawn.width, drawn.height, drawn.content_type) == (40, 30, "image/webp")


def test_nothing_of_the_file_but_its_pixels_is_kept():
    drawn = redraw(_with_exif() + PAYLOAD)
    assert b"CNR-camera" not in drawn.content and b"script" not in drawn.content
    assert (drawn.width, drawn.height) == (30, 40)  # Upright, although nothing says so any more.
    assert not Image.open(io.BytesIO(drawn.content)).getexif()


def test_a_large_photo_becomes_smaller():
    drawn = redraw(_image("JPEG", (4000, 2000)))
    assert (drawn.width, drawn.height) == (1600, 800)


HOSTILE = {
    "a bomb": (_claims(60_000, 60_000), "too_many_pixels"),
    "just too many pixels": (_claims(8_000, 8_000), "too_many_pixels"),
    "no side": (_claims(0, 0), "no_image"),
    "cut off": (_image("JPEG", (400, 300))[:400], "no_image"),
    "svg": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "no_image"),
    "html": (b"<html>" + PAYLOAD, "no_image"),
    "gif with a script": (b"GIF89a/*\x01\x00" + PAYLOAD + b"*/=1;", "no_image"),
    "gif": (_image("GIF"), "no_image"),
    "tiff": (_image("TIFF"), "no_image"),
    "bmp": (_image("BMP"), "no_image"),
    "icon": (_image("ICO"), "no_image"),
    "pdf": (b"%PDF-1.7 " + PAYLOAD, "no_image"),
    "postscript": (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no_image"),
    "a bare signature": (b"\x89PNG\r\n\x1a\n", "no_image"),
    "nothing": (b"", "no_image"),
    "too large": (b"\x89PNG\r\n\x1a\n" + bytes(pictures.MOST_BYTES), "too_large"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_honest_picture_is_refused(name):
    content, code = HOSTILE[name]
    with pytest.raises(Refused) as refused:
        redraw(content)
    assert refused.value.code == code


def _post(browser, files):
    data = {"title": "Count one bin", "seen": "1", "pictures": files}
    return browser.post("/portal/ideas/", data=data, content_type="multipart/form-data")


def test_a_picture_is_served_as_a_picture_to_who_sees_the_idea(contact_of, session, make):
    browser = contact_of()
    _post(browser, [(io.BytesIO(_with_exif()), "../../x.html")])
    [kept] = session.query(Picture).all()
    answer = browser.get(f"/portal/ideas/pictures/{kept.id}")
    assert answer.headers["Content-Type"] == "image/webp" and answer.data == kept.content
    assert (
        answer.headers["X-Content-Type-Options"] == "nosniff"
        and "sandbox" in answer.headers["Content-Security-Policy"]
    )
    assert f"/portal/ideas/pictures/{kept.id}" in browser.get(f"/portal/ideas/{kept.idea_id}").text


def test_a_picture_of_a_private_idea_is_none_to_others(contact_of, session):
    browser, stranger = contact_of(), contact_of()
    data = {"title": "Ours", "seen": "1", "who": "private", "pictures": [(io.BytesIO(_image()), "a.png")]}
    browser.post("/portal/ideas/", data=data, content_type="multipart/form-data")
    [kept] = session.query(Picture).all()
    assert stranger.get(f"/portal/ideas/pictures/{kept.id}").status_code == 404
    assert browser.get(f"/portal/ideas/pictures/{kept.id}").status_code == 200


def test_one_bad_picture_names_itself_and_nothing_is_posted(contact_of, session):
    files = [(io.BytesIO(_image()), "good.png"), (io.BytesIO(b"<svg/>"), "evil.svg")]
    answer = _post(contact_of(), files)
    assert answer.status_code == 422 and "evil.svg" in answer.text and "PNG, JPEG or WebP" in answer.text
    assert session.query(Picture).count() == 0
    many = _post(contact_of(), [(io.BytesIO(_image()), f"{number}.png") for number in range(5)])
    assert many.status_code == 422 and "At most 4" in many.text
