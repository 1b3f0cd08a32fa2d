"""The portal in the language of who reads it."""

from datetime import date

import pytest
from babel.messages.pofile import read_po

from ideaflow.portal import languages, service, words
from ideaflow.portal.languages import FOLDER, speaking, text

TRANSLATED = sorted(path.stem for path in FOLDER.glob("*.po"))


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language):
    assert words.missing(language) == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_no_translation_loses_or_invents_a_place_for_a_value(language):
    with (FOLDER / f"{language}.po").open("rb") as file:
        faults = [str(error) for message, errors in read_po(file).check() for error in errors]
    assert faults == []


def test_the_browser_chooses_the_language(client):
    page = client.get("/portal/sign-in", headers={"Accept-Language": "de-AT,de;q=0.9,en;q=0.5"}).text
    assert '<html lang="de">' in page and "Anmelden" in page
    assert '<html lang="en">' in client.get("/portal/sign-in", headers={"Accept-Language": "pl"}).text


def test_a_chosen_language_is_kept_for_the_next_visit(app, contact_of):
    browser = contact_of()
    browser.post("/portal/language", data={"language": "de", "next": "/portal/you"})
    again = app.test_client()
    with again.session_transaction() as cookie:
        cookie["contact"] = f"{browser.contact.id}:0"
    assert '<html lang="de">' in again.get("/portal/you").text


def test_staff_pages_stay_english(client_of):
    page = client_of("sales").get("/accounts/", headers={"Accept-Language": "de"}).text
    assert '<html lang="en">' in page and "Accounts" in page


def test_a_language_nobody_translated_is_not_taken(contact_of):
    browser = contact_of()
    browser.post("/portal/language", data={"language": "../../etc/passwd"})
    assert '<html lang="en">' in browser.get("/portal/you").text


def test_mail_speaks_the_language_of_its_reader(session, make):
    from ideaflow.outbox import OutgoingMail

    contact = make.contact(account_id=make.account().id)
    service.choose_language(contact.id, "de")
    service.invite(contact.id, "https://x.example/{token}", by=make.user(name="Maren Holt").actor)
    assert session.query(OutgoingMail).one().subject == "Maren Holt lädt Sie in das Portal ein"


def test_days_and_sums_are_written_as_their_reader_writes_them(app):
    with app.app_context(), speaking("de"):
        assert languages.day(date(2026, 11, 19)) == "19. November 2026"
        assert languages.amount(1234.5, "EUR") == "1.234,50\xa0€"
        assert text("Sign in") == "Anmelden"
    with app.app_context():
        assert languages.day(date(2026, 11, 19)) == "November 19, 2026"


def test_a_third_language_is_one_file(tmp_path, monkeypatch):
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    path = words.bring_up_to_date("ar")
    assert path.name == "ar.po" and "Sign in" in words.missing("ar")
    path.write_text(path.read_text().replace('msgid "Sign in"\nmsgstr ""', 'msgid "Sign in"\nmsgstr "دخول"'))
    words.bring_up_to_date("ar")
    assert "دخول" in path.read_text() and "Sign in" not in words.missing("ar")


def test_a_language_written_from_the_right_turns_the_page(client, monkeypatch):
    monkeypatch.setattr(languages, "available", lambda: {"en": "English", "ar": "العربية"})
    assert 'dir="rtl"' in client.get("/portal/sign-in", headers={"Accept-Language": "ar"}).text
