"""Pages of proposals, opened and filled in as those who use them do."""

import pytest
from sqlalchemy import select

from ideaflow.proposals import parts, service
from ideaflow.proposals.models import Evidence, Proposal
from ideaflow.proposals.parts import PagePart, Place, Standing, StateWords
from ideaflow.themes.models import Theme, ThemeState
from tests.conftest import HTMX

SCORE = {"impact": "2", "confidence": ".79", "effort_months": "20"}


@pytest.fixture
def browser(client_of):
    return client_of("product_manager")


@pytest.fixture
def proposal(make_theme, manager, by):
    return service.promote([make_theme(accounts=3).id], manager.id, by=by)


@pytest.fixture
def no_parts(monkeypatch):
    """Only this slice: what later ones add to the page is tested with them."""
    monkeypatch.setattr(parts, "_makers", {place: [] for place in Place})
    monkeypatch.setattr(parts, "_tellers", [])
    monkeypatch.setattr(parts, "_standing_tellers", [])


# Reading


def test_the_empty_list_says_what_to_do_first(browser, client_of):
    assert "Choose a theme" in browser.get("/proposals/").text
    assert "A product manager promotes themes." in client_of("sales").get("/proposals/").text


def test_the_page_leads_with_value_voice_and_numbers(browser, proposal, by):
    service.edit(proposal.id, {"value": "Count a bin while the hall keeps picking."}, 1, by=by)
    page = browser.get(f"/proposals/{proposal.id}").text
    assert '<p class="if-lead">Count a bin while the hall keeps picking.</p>' in page
    assert "Counting locks the bay." in page
    assert "and 2 more accounts" in page
    assert "when promoted, beside what is true now" in page


def test_the_page_tells_what_changed_since_frozen(browser, session, make, say, proposal):
    theme_id = session.scalar(select(Evidence.theme_id).filter_by(proposal_id=proposal.id))
    theme = type("T", (), {"id": theme_id})
    say(theme, make.account(name="Atelier Gauthier", revenue_amount=410_000))
    page = browser.get(f"/proposals/{proposal.id}").text
    assert "1 more: Atelier Gauthier" in page
    assert "+ €410" in page
    assert "numbers moved since frozen" in browser.get("/proposals/").text


def test_the_list_orders_by_score_with_the_unscored_last(browser, make_theme, manager, by):
    titles = ("Ten", "Two", "Unscored")
    made = [service.promote([make_theme(title).id], manager.id, by=by) for title in titles]
    service.set_score(made[1].id, 1, 0.5, 10, 1, by=by)
    service.set_score(made[0].id, 3, 1, 10, 1, by=by)
    page = browser.get("/proposals/").text
    assert sorted(titles, key=page.index) == ["Ten", "Two", "Unscored"]
    newest = browser.get("/proposals/?sort=newest").text
    assert sorted(titles, key=newest.index) == ["Unscored", "Two", "Ten"]
    assert ".60" in page


def test_the_list_filters_by_owner_and_state(browser, make, make_theme, manager, by):
    other = make.user(name="Jon Abel")
    service.promote([make_theme("Mine").id], manager.id, by=by)
    theirs = service.promote([make_theme("Theirs").id], other.id, by=by)
    page = browser.get(f"/proposals/?owner={other.id}").text
    assert "Theirs" in page and "Mine" not in page
    service.withdraw(theirs.id, "no", by=other.actor)
    assert "Theirs" not in browser.get("/proposals/").text
    assert "Theirs" in browser.get("/proposals/?state=withdrawn").text
    assert "No proposal fits" in browser.get("/proposals/?state=nonsense").text


@pytest.mark.parametrize("sort", ["score", "accounts", "newest"])
def test_the_list_pages_by_key_and_shows_all_once(browser, manager, by, make_theme, sort):
    for number in range(55):
        service.add_blank(f"Proposal {number}", manager.id, by=by)
    scored = service.promote([make_theme().id], manager.id, by=by)
    service.set_score(scored.id, 1, 0.33, 7, 1, by=by)
    seen, address = [], f"/proposals/?sort={sort}"
    while address:
        page = browser.get(address, headers=HTMX).text
        assert "<html" not in page
        seen += [part.split('"')[0] for part in page.split('class="strong" href="/proposals/')[1:]]
        more = page.split('hx-get="')
        address = more[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else ""
    assert len(seen) == len(set(seen)) == 56


def test_the_score_tells_its_rank_and_what_would_change_it(browser, make_theme, manager, by):
    first = service.promote([make_theme("First", accounts=4).id], manager.id, by=by)
    second = service.promote([make_theme("Second", accounts=2).id], manager.id, by=by)
    service.set_score(first.id, 2, 0.5, 10, 1, by=by)
    service.set_score(second.id, 2, 0.5, 10, 1, by=by)
    page = browser.get(f"/proposals/{first.id}").text
    assert "rank 1 of 2" in page
    assert f"Falls behind {second.label} if effort exceeds 20." in page


def test_pages_ask_the_database_a_constant_number_of_times(
    browser, make, make_theme, manager, by, count_queries, no_parts
):
    proposal = service.promote([make_theme(accounts=1).id], manager.id, by=by)
    for page in (f"/proposals/{proposal.id}", "/proposals/"):
        with count_queries() as few:
            assert browser.get(page).status_code == 200
        for number in range(6):
            service.add_theme(proposal.id, make_theme(f"More {page} {number}", accounts=3).id, by=by)
            service.add_account(proposal.id, make.account().id, by=by)
            other = service.promote([make_theme(f"Other {page} {number}").id], manager.id, by=by)
            service.set_score(other.id, 1, 0.5, 4, 1, by=by)
        service.set_score(proposal.id, 1, 0.5, 4, proposal.version, by=by)
        with count_queries() as many:
            assert browser.get(page).status_code == 200
        assert len(many) <= len(few) + 1, "\n".join(many)  # The score asks once for its rivals.


@pytest.mark.parametrize("address", ["/proposals/999999", "/proposals/99999999999999999999", "/proposals/x"])
def test_what_is_not_there_answers_404(browser, address):
    assert browser.get(address).status_code == 404


@pytest.mark.parametrize(
    "query", ["?after=x", "?after=W10", "?owner=x", "?owner=99999999999999999999", "?sort=x"]
)
def test_odd_addresses_of_the_list_are_told_not_crashed(browser, proposal, query):
    assert browser.get(f"/proposals/{query}").status_code in {200, 404, 422}


def test_hostile_words_stay_words(browser, proposal, by):
    service.edit(proposal.id, {"title": "<script>alert(1)</script>", "problem": "<b>x</b>"}, 1, by=by)
    for address in ("/proposals/", f"/proposals/{proposal.id}", f"/proposals/{proposal.id}/edit"):
        page = browser.get(address).text
        assert "<script>alert" not in page and "<b>x</b>" not in page


def test_later_slices_add_to_page_and_list(browser, proposal, no_parts):
    parts.add_part(Place.GATES, lambda one: PagePart("errors/error.html", {}) if one.id == 0 else None)
    words = StateWords("Business case", "accent", "business_case")
    everyone = Standing(words, 1, proposal.id, select(Proposal.id))
    parts.tell_states(lambda ids: dict.fromkeys(ids, words), lambda: [everyone])
    assert "Business case" in browser.get(f"/proposals/{proposal.id}").text
    page = browser.get("/proposals/?state=business_case").text
    assert "Count while picking continues" in page


# Writing: the stranger


def _doors(proposal, evidence):
    at = f"/proposals/{proposal.id}"
    return {
        "/proposals/": {"title": "New"},
        "/proposals/promote": {"theme_ids": "1"},
        f"{at}/edit": {"title": "New", "version": "1"},
        f"{at}/score": {**SCORE, "version": "1"},
        f"{at}/owner": {"owner_id": "1"},
        f"{at}/freeze": {"reason": "why"},
        f"{at}/evidence": {"kind": "document", "title": "Spike", "url": "https://wiki.example"},
        f"{at}/evidence/{evidence.id}/remove": {},
        f"{at}/withdraw": {"reason": "why"},
    }


@pytest.mark.parametrize("role", ["sales", "service", "gatekeeper"])
def test_strangers_read_but_do_not_write(client_of, session, proposal, role):
    stranger = client_of(role)
    evidence = session.scalars(select(Evidence)).first()
    for address, form in _doors(proposal, evidence).items():
        assert stranger.post(address, data=form).status_code == 403, address
    page = stranger.get(f"/proposals/{proposal.id}")
    assert page.status_code == 200
    assert "<form" not in page.text.split("<main")[1].split("</main")[0]
    for form_page in ("new", f"{proposal.id}/edit", f"{proposal.id}/evidence", f"{proposal.id}/withdraw"):
        assert stranger.get(f"/proposals/{form_page}").status_code == 403


def test_nobody_signed_out_reads_or_writes(client, session, proposal):
    evidence = session.scalars(select(Evidence)).first()
    for address, form in _doors(proposal, evidence).items():
        assert client.post(address, data=form).headers["Location"].startswith("/sign-in"), address
    assert client.get("/proposals/").status_code == 303


# Writing: what works, what is refused, what is repeated


def test_promote_leads_to_the_new_page_and_offers_the_old_one_when_repeated(browser, session, make_theme):
    theme, other = make_theme("Live count"), make_theme("Other")
    answer = browser.post("/proposals/promote", data={"theme_ids": [theme.id]})
    proposal = session.scalars(select(Proposal)).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/proposals/{proposal.id}")
    again = browser.post("/proposals/promote", data={"theme_ids": [theme.id, other.id]})
    assert again.status_code == 409
    assert f"Add it to {proposal.label}" in again.text
    browser.post(f"/proposals/{proposal.id}/evidence", data={"kind": "theme", "theme_ids": [other.id]})
    assert f"Open {proposal.label}" in browser.post("/proposals/promote", data={"theme_ids": [other.id]}).text


@pytest.mark.parametrize("theme_ids", [[], ["x"], [""], ["-1"], ["²"], ["9" * 40], ["999999"]])
def test_promote_refuses_what_is_no_theme(browser, session, theme_ids):
    assert browser.post("/proposals/promote", data={"theme_ids": theme_ids}).status_code in {404, 422}
    assert session.scalars(select(Proposal)).all() == []


def test_a_proposal_can_begin_without_a_theme(browser, session):
    assert browser.get("/proposals/new").status_code == 200
    assert browser.post("/proposals/", data={"title": "  "}).status_code == 422
    answer = browser.post("/proposals/", data={"title": "Drone inventory"})
    page = browser.get(answer.headers["Location"]).text
    assert "Drone inventory" in page
    assert "Nothing proves it yet" in page


def test_the_edit_form_saves_what_it_shows(browser, session, proposal, make_arena):
    make_arena("Inventory truth")
    form = {
        "version": "1", "title": "Live cycle count", "value": "Count a bin.", "problem": "A.\r\n\r\nB.",
        "type": "service", "strategy": "redefine", "arena": "Inventory truth", "benefit_who": "8 accounts",
        "benefit_metric": "hours locked", "benefit_baseline": "6.5", "benefit_target": "0.5",
        "benefit_by": "June", "impact": "0.5", "confidence": "80 %", "effort_months": "2,5",
        "asked_amount": "€480k", "asked_people": "5",
    }  # fmt: skip
    address = f"/proposals/{proposal.id}/edit"
    assert browser.post(address, data=form).status_code == 303
    assert (proposal.confidence, proposal.effort_months, proposal.asked_amount) == (0.8, 2.5, 480_000)
    page = browser.get(address).text
    for shown in ('value="0.8"', 'value="2.5"', 'value="480000"', 'value="0.5" selected', "A.\n\nB."):
        assert shown in page
    assert browser.post(address, data=form).status_code == 303  # Said again, it changes nothing.
    assert proposal.version == 2


def test_a_wrong_field_is_named_and_nothing_typed_is_lost(browser, proposal):
    form = {"version": "1", "title": "Kept", "confidence": "much", "effort_months": "0"}
    answer = browser.post(f"/proposals/{proposal.id}/edit", data=form)
    assert answer.status_code == 422
    assert "“much” is no number" in answer.text
    assert 'value="Kept"' in answer.text
    assert proposal.title != "Kept"


def test_who_saves_late_sees_both_versions(browser, proposal, by):
    service.edit(proposal.id, {"title": "Theirs"}, 1, by=by)
    answer = browser.post(f"/proposals/{proposal.id}/edit", data={"version": "1", "title": "Yours"})
    assert answer.status_code == 409
    assert "Saved meanwhile: Theirs" in answer.text
    assert 'value="Yours"' in answer.text
    assert 'name="version" value="2"' in answer.text


@pytest.mark.parametrize("version", ["", "x", "-1", None])
def test_an_edit_without_a_version_is_refused(browser, proposal, version):
    form = {"title": "New"} | ({} if version is None else {"version": version})
    assert browser.post(f"/proposals/{proposal.id}/edit", data=form).status_code == 422


def test_estimates_are_set_on_the_page(browser, proposal):
    address = f"/proposals/{proposal.id}/score"
    assert "The score waits for impact, confidence, effort." in browser.get(f"/proposals/{proposal.id}").text
    assert browser.post(address, data={**SCORE, "impact": "7", "version": "1"}).status_code == 422
    assert browser.post(address, data={**SCORE, "version": "1"}).status_code == 303
    assert browser.post(address, data={**SCORE, "version": "1"}).status_code == 303
    assert browser.post(address, data={**SCORE, "impact": "3", "version": "1"}).status_code == 409
    assert "3 × 2 × .79 / 20" in browser.get(f"/proposals/{proposal.id}").text


def test_the_owner_hands_over(browser, make, proposal):
    other = make.user(name="Jon Abel")
    address = f"/proposals/{proposal.id}/owner"
    for _ in range(2):
        assert browser.post(address, data={"owner_id": other.id}).status_code == 303
    assert browser.post(address, data={"owner_id": "x"}).status_code == 422
    assert "handed it over to Jon Abel" in browser.get(f"/proposals/{proposal.id}").text


def test_numbers_are_frozen_for_a_reason(browser, proposal):
    address = f"/proposals/{proposal.id}/freeze"
    assert browser.post(address, data={"reason": ""}).status_code == 422
    assert browser.post(address, data={"reason": "before the board"}).status_code == 303
    assert "before the board, beside what is true now" in browser.get(f"/proposals/{proposal.id}").text


def test_evidence_is_found_added_and_removed(browser, session, make, make_theme, say, proposal):
    at = f"/proposals/{proposal.id}"
    account = make.account(name="Nordhavn Cold Storage")
    statement = say(make_theme("Night shifts", accounts=0), account, "Nobody counts at night.")
    sale = make.opportunity(name="Night scanners", account_id=account.id)
    found = browser.get(f"{at}/evidence?words=night", headers=HTMX).text
    assert "<html" not in found
    for text in ("Night shifts", "Nobody counts at night.", "Night scanners"):
        assert text in found
    for form in (
        {"kind": "statement", "record_id": statement.id},
        {"kind": "account", "record_id": account.id},
        {"kind": "opportunity", "record_id": sale.id},
        {"kind": "document", "title": "Spike", "url": "https://wiki.example/spike"},
    ):
        for _ in range(2):
            assert browser.post(f"{at}/evidence", data=form).status_code == 303
    page = browser.get(at).text
    assert 'href="https://wiki.example/spike" rel="noopener noreferrer"' in page
    assert "cited already" in browser.get(f"{at}/evidence?words=night").text
    assert page.split('id="history"')[0].count(">Nobody counts at night.<") == 1
    evidence = session.scalars(select(Evidence).filter_by(kind="statement")).one()
    for _ in range(2):
        assert browser.post(f"{at}/evidence/{evidence.id}/remove").status_code == 303
    page = browser.get(at).text
    assert ">Nobody counts at night.<" not in page.split('id="history"')[0]
    assert f'name="record_id" value="{statement.id}"' in page  # The notice puts it back.


def test_evidence_that_cannot_be_is_refused(browser, session, proposal):
    at = f"/proposals/{proposal.id}/evidence"
    before = session.scalars(select(Evidence)).all()
    for form, status in (
        ({"kind": "document", "title": "X", "url": "javascript:alert(1)"}, 422),
        ({"kind": "document", "title": "", "url": "https://wiki.example"}, 422),
        ({"kind": "gossip", "record_id": "1"}, 422),
        ({"kind": "account", "record_id": "x"}, 422),
        ({"kind": "account", "record_id": "999999"}, 404),
        ({"kind": "theme", "theme_ids": "999999"}, 404),
    ):
        assert browser.post(at, data=form).status_code == status, form
    assert session.scalars(select(Evidence)).all() == before


def test_evidence_is_removed_from_its_own_proposal_only(browser, session, make_theme, manager, by, proposal):
    other = service.promote([make_theme("Other").id], manager.id, by=by)
    evidence = session.scalars(select(Evidence).filter_by(proposal_id=other.id)).one()
    assert browser.post(f"/proposals/{proposal.id}/evidence/{evidence.id}/remove").status_code == 404


def test_a_proposal_is_withdrawn_with_a_reason_once(browser, session, proposal):
    assert browser.get(f"/proposals/{proposal.id}/withdraw").status_code == 403
    proposal.owner_id = browser.user.id
    session.commit()
    address = f"/proposals/{proposal.id}/withdraw"
    assert browser.get(address).status_code == 200
    assert browser.post(address, data={"reason": " "}).status_code == 422
    assert browser.post(address, data={"reason": "Covered by P-3"}).status_code == 303
    assert browser.post(address, data={"reason": "Covered by P-3"}).status_code == 409
    page = browser.get(f"/proposals/{proposal.id}").text
    assert "Covered by P-3" in page
    assert f"/proposals/{proposal.id}/edit" not in page


# Elsewhere


def test_a_theme_shows_the_proposal_it_is_in(browser, session, proposal):
    theme_id = session.scalars(select(Evidence.theme_id)).one()
    assert f"/proposals/{proposal.id}" in browser.get(f"/themes/{theme_id}").text


def test_the_start_page_tells_an_owner_what_a_proposal_wants(browser, make, make_theme, say, by):
    theme = make_theme()
    mine = service.promote([theme.id], browser.user.id, by=by)
    assert "It does not say yet what customers gain" in browser.get("/").text
    service.edit(mine.id, {"value": "Count while picking."}, 1, by=by)
    assert "Its score waits for estimates" in browser.get("/").text
    service.set_score(mine.id, 2, 0.5, 4, 2, by=by)
    assert mine.label not in browser.get("/").text
    say(theme, make.account())
    assert "See what moved" in browser.get("/").text
    service.lock(mine.id, "gate 1", by=by)
    assert mine.label not in browser.get("/").text


def test_themes_of_an_objective_stay_found_when_they_are_merged(
    browser, session, proposal, make_theme, make_arena
):
    make_arena("Inventory truth")
    proposal.arena = "Inventory truth"
    cited = session.get_one(Theme, session.scalars(select(Evidence.theme_id)).one())
    into = make_theme("Halls that stop to be counted")
    address = "/themes/?objective=Inventory+truth"
    page = browser.get(address).text
    assert cited.title in page and into.title not in page
    cited.state, cited.merged_into_id = ThemeState.MERGED, into.id
    session.commit()
    page = browser.get(address).text
    assert into.title in page
    assert into.title not in browser.get("/themes/?objective=Elsewhere").text
