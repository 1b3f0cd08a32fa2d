"""The import pages: bring files, look, say what columns mean, start, read the report."""

import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from ideaflow.audit import Actor
from ideaflow.feedback.models import FeedbackItem
from ideaflow.intake import uploads
from ideaflow.intake.models import Import, RejectedRow
from tests.conftest import HTMX
from tests.intake.test_import import ACCOUNTS, count

NOTES = b"said,place\nThe scanner forgets half of every pallet,Brask\n,Brask\n"


@pytest.fixture
def browser(client_of):
    return client_of("product_manager")


def send(browser, *files):
    data = {"files": [(io.BytesIO(content), name) for name, content in files]}
    return browser.post("/import/", data=data, content_type="multipart/form-data")


def work(app, address):
    folder = app.extensions["settings"].home / "uploads"
    uploads.import_upload(address.rsplit("/", 1)[1], folder, by=Actor(None, "worker"))


def test_the_first_visit_says_what_to_do(browser):
    page = browser.get("/import/")
    assert (
        "Give ideaflow last year’s export as it is" in page.text
        and "Preview, import nothing yet" in page.text
    )


def test_a_file_is_previewed_imported_and_reported(app, browser, session):
    answer = send(browser, ("accounts.csv", ACCOUNTS.encode()))
    assert answer.status_code == 303
    page = browser.get(answer.location).text
    assert "Salesforce account report" in page and "Nothing is imported yet" in page
    assert 'value="annual_revenue" selected' in page
    assert session.scalar(select(func.count()).where(Import.state == "done")) == 0
    stored = session.scalar(select(Import.stored_name))
    assert browser.post(f"{answer.location}/start").status_code == 303
    assert "Waits for its turn" in browser.get(answer.location).text
    work(app, answer.location)
    page = browser.get(answer.location).text
    assert "2 read = 2 accepted + 0 unchanged + 0 rejected" in page
    assert "accounts.csv" in browser.get("/import/").text
    assert not (app.extensions["settings"].home / "uploads" / stored).exists()


def test_unknown_columns_are_mapped_by_hand_and_remembered(app, browser, session):
    address = send(browser, ("notes.csv", NOTES)).location
    row = session.scalar(select(Import))
    page = browser.get(address).text
    assert "guessed from headers and cells" in page
    form = {
        "columns": 2,
        "column-0": "said",
        "becomes-0": "text",
        "column-1": "place",
        "becomes-1": "account",
    }
    answer = browser.post(f"{address}/{row.id}/columns", data={**form, "source": "survey"})
    assert answer.status_code == 303
    browser.post(f"{address}/start")
    work(app, address)
    item = session.scalar(select(FeedbackItem))
    assert item.source == "survey" and item.account_id is not None
    again = send(browser, ("more.csv", b"place,said\nBrask,other words here\n")).location
    assert "Columns as you said" in browser.get(again).text


def test_two_columns_cannot_become_the_same_field(browser, session):
    address = send(browser, ("notes.csv", NOTES)).location
    row = session.scalar(select(Import))
    form = {"columns": 2, "column-0": "said", "becomes-0": "text", "column-1": "place", "becomes-1": "text"}
    answer = browser.post(f"{address}/{row.id}/columns", data=form)
    assert answer.status_code == 422 and "Choose one" in answer.text


def test_a_file_that_cannot_be_read_is_refused_on_the_page(app, browser, session):
    answer = send(browser, ("picture.csv", b"\x89PNG" + bytes(100)))
    assert answer.status_code == 422 and "PNG picture" in answer.text
    assert count(session, Import) == 0


def test_no_file_is_a_clear_message(browser):
    answer = browser.post("/import/", data={})
    assert answer.status_code == 422 and "Choose at least one file" in answer.text


def test_a_torn_file_does_not_hold_up_the_good_one(app, browser, session):
    address = send(browser, ("a.csv", ACCOUNTS.encode()), ("torn.csv", b'id,note\n1,"open\n')).location
    page = browser.get(address).text
    assert "never closed" in page and "Import 1 file" in page
    browser.post(f"{address}/start")
    work(app, address)
    states = dict(session.execute(select(Import.file_name, Import.state)).all())
    assert states == {"a.csv": "done", "torn.csv": "failed"}


def test_rejected_rows_are_shown_and_come_as_csv_safe_for_spreadsheets(app, browser, session):
    address = send(browser, ("=cmd().csv", NOTES)).location
    row = session.scalar(select(Import))
    form = {
        "columns": 2,
        "column-0": "said",
        "becomes-0": "text",
        "column-1": "place",
        "becomes-1": "account",
    }
    browser.post(f"{address}/{row.id}/columns", data=form)
    browser.post(f"{address}/start")
    work(app, address)
    assert "the cell is empty" in browser.get(f"/import/files/{row.id}").text
    lines = browser.get(f"/import/files/{row.id}/rejected.csv")
    assert lines.mimetype == "text/csv"
    assert lines.text.splitlines()[1].startswith("'=cmd().csv,3,said,")


def test_starting_twice_imports_once(app, browser, session):
    address = send(browser, ("a.csv", ACCOUNTS.encode())).location
    for _ in range(2):
        assert browser.post(f"{address}/start").status_code == 303
    for _ in range(2):
        work(app, address)
    assert session.scalar(select(Import.accepted_count)) == 2
    assert count(session, Import) == 1


def test_files_can_be_thrown_away(app, browser, session):
    folder = app.extensions["settings"].home / "uploads"
    before = set(folder.glob("*"))
    address = send(browser, ("a.csv", ACCOUNTS.encode())).location
    assert browser.post(f"{address}/discard").status_code == 303
    assert count(session, Import) == 0
    assert set(folder.glob("*")) == before
    assert browser.get(address).status_code == 404


def test_htmx_gets_only_the_state(browser, session):
    address = send(browser, ("a.csv", ACCOUNTS.encode())).location
    browser.post(f"{address}/start")
    part = browser.get(address, headers=HTMX).text
    assert "<html" not in part and 'id="state"' in part and "every 1s" in part


@pytest.mark.parametrize("role", ["sales", "gatekeeper"])
def test_those_who_may_not_import_are_refused(role, client_of, browser, session):
    address = send(browser, ("a.csv", ACCOUNTS.encode())).location
    row = session.scalar(select(Import))
    stranger = client_of(role)
    for path in ("/import/", address, f"/import/files/{row.id}", f"/import/files/{row.id}/rejected.csv"):
        assert stranger.get(path).status_code == 403
    assert send(stranger, ("a.csv", ACCOUNTS.encode())).status_code == 403
    for path in (f"{address}/start", f"{address}/discard", f"{address}/{row.id}/columns"):
        assert stranger.post(path).status_code == 403
    assert session.scalar(select(Import.state)) == "uploaded"


def test_somebody_signed_out_is_asked_to_sign_in(client):
    assert client.get("/import/").status_code == 303
    assert send(client, ("a.csv", ACCOUNTS.encode())).status_code == 303


def test_what_is_not_there_is_not_found(browser):
    for path in ("/import/nothing", "/import/files/999999", "/import/files/999999/rejected.csv"):
        assert browser.get(path).status_code == 404


def test_a_file_name_never_becomes_a_path(app, browser, session):
    send(browser, ("../../etc/passwd", ACCOUNTS.encode()))
    stored = session.scalar(select(Import.stored_name))
    assert re.fullmatch(r"[0-9a-f]{32}\.upload", stored)


def test_markup_in_a_file_stays_text(browser, session):
    address = send(
        browser, ("<b>x</b>.csv", b"said <script>alert(1)</script>,note\nx <img src=x onerror=y>,slow\n")
    ).location
    page = browser.get(address).text
    assert "<script>alert" not in page and "<img src=x" not in page and "<b>x</b>" not in page


def test_rejected_rows_beyond_the_page_are_counted(session, browser):
    row = Import(
        file_name="x.csv", file_hash="0" * 64, source="x", shape="x", kind="note", given={}, state="done"
    )
    row.imported_by, row.read_count, row.rejected_count = "Maren", 300, 300
    session.add(row)
    session.flush()
    session.add_all(RejectedRow(import_id=row.id, row=n, column="", reason="no") for n in range(300))
    session.commit()
    assert "And 100 more" in browser.get(f"/import/files/{row.id}").text


def test_a_table_without_a_needed_column_asks_for_it(browser, session):
    address = send(browser, ("colours.csv", b"id,colour\n1,red\n")).location
    page = browser.get(address).text
    assert "no column becomes" in page and "None of these files can be imported as it is" in page
    assert 'name="becomes-1"' in page and "Import it" not in page


def test_an_upload_that_cannot_be_kept_says_what_to_do(app, browser, session, monkeypatch, tmp_path):
    from ideaflow.intake import views

    (tmp_path / "full").write_text("a file, not a folder")
    monkeypatch.setattr(views, "_folder", lambda: tmp_path / "full")
    answer = send(browser, ("a.csv", ACCOUNTS.encode()))
    assert answer.status_code == 503 and "could not be kept" in answer.text
    assert count(session, Import) == 0


def test_files_only_looked_at_wait_on_the_start_page_and_go_after_a_week(browser, make, session):
    make.item()
    address = send(browser, ("a.csv", ACCOUNTS.encode())).location
    assert "Import the 1 file you brought" in browser.get("/").text
    row = session.scalar(select(Import))
    row.created_at -= timedelta(days=8)
    session.commit()
    send(browser, ("b.csv", ACCOUNTS.encode()))
    assert browser.get(address).status_code == 404


def test_starting_again_queues_no_second_job(browser, session):
    address = send(browser, ("a.csv", ACCOUNTS.encode())).location
    for _ in range(3):
        browser.post(f"{address}/start")
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'intake.import_upload'"
    assert session.execute(text(jobs)).scalar_one() == 1
