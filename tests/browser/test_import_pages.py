# ruff: noqa: E501 - exports stand here as they come
"""Importing in Chromium: choose files, look, correct a column, import, read the report."""

import pytest

from ideaflow.audit import Actor
from ideaflow.db import db
from ideaflow.intake import uploads
from ideaflow.users import service as users
from tests.browser.looking import assert_sound_in_all_looks, photograph

pytestmark = pytest.mark.browser

OPPORTUNITIES = (
    "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Stage,Amount,Close Date,Loss Reason,Description\n"
    '006A,Handhelds,Brask,Tom Ash,Closed Lost,"€90,000",3/4/2026,Price was far too high,They count offline on paper\n'
    '006B,Dock doors,Nordhavn,Tom Ash,Negotiation,many,3/17/2027,Price,\n'
)  # fmt: skip
NOTES = (
    "said,where,when heard\nThe scanner forgets half of every pallet,Brask,2026-05-01\n,Brask,2026-05-02\n"
)


@pytest.fixture(scope="module")
def maren(site):
    with site.app.app_context():
        user = users.add_user("maren@fernhall.example", "Maren Holt", ["product_manager"], "password-1234")
        assert user.get_id()  # Read while the session lives; the tests use it after that.
        db.session.expunge(user)
        return user


@pytest.fixture
def files(tmp_path):
    for name, content in (("opportunities.csv", OPPORTUNITIES), ("visits.csv", NOTES)):
        (tmp_path / name).write_text(content)
    return [tmp_path / "opportunities.csv", tmp_path / "visits.csv"]


def all_looks(site, maren, path, name):
    page, errors = site.open(path, as_user=maren)
    assert_sound_in_all_looks(page, errors, name)


def test_files_go_from_choice_to_report(site, maren, files):
    all_looks(site, maren, "/import/", "import-empty")
    page, errors = site.open("/import/", as_user=maren)
    page.set_input_files("input[name=files]", files)
    page.click("text=Preview, import nothing yet")
    address = page.url
    path = address.removeprefix(site.url)
    all_looks(site, maren, path, "import-preview")
    page.locator("select").filter(has_text="Leave it out").last.scroll_into_view_if_needed()
    page.get_by_label("where becomes").select_option("account")
    page.locator("button", has_text="Set these columns").last.click()
    assert "remembered for files with the same headers" in page.text_content("#notice")
    page.click("text=Import 2 files")
    page.wait_for_selector("text=Importing.")
    photograph(page, "import-waiting")
    with site.app.app_context():
        folder = site.app.extensions["settings"].home / "uploads"
        uploads.import_upload(address.rsplit("/", 1)[1], folder, by=Actor(None, "worker"))
    page.wait_for_selector("text=2 records imported, 3 new things said.")  # The page asks again by itself.
    assert "“many” is no amount of money" in page.text_content("main")
    all_looks(site, maren, path, "import-report")
    page.goto(site.url + "/import/")
    assert page.get_by_role("row").count() == 3
    all_looks(site, maren, "/import/", "import-list")
    page.click("text=opportunities.csv")
    with page.expect_download() as download:
        page.click("text=All as CSV")
    assert "many" in download.value.path().read_text()
    assert errors == []


def test_a_file_that_cannot_be_read_is_told_without_leaving_the_page(site, maren, tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG" + bytes(100))
    page, _ = site.open("/import/", as_user=maren)
    page.set_input_files("input[name=files]", tmp_path / "picture.csv")
    page.click("text=Preview, import nothing yet")
    assert "picture.csv: this is a PNG picture" in page.get_by_role("alert").text_content()
