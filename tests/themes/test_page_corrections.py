"""Corrections made on pages: they work, refuse bad input and strangers, and bear being repeated."""

import html
import re
from typing import Any

import pytest

from ideaflow.themes.models import Theme, ThemeCorrection, ThemeMembership
from tests.conftest import HTMX

OUT = "/themes/{}/exclude"


def text_of(response: Any) -> str:
    return html.unescape(response.text)


@pytest.fixture
def manager(client_of):
    return client_of("product_manager")


@pytest.fixture
def theme(seed):
    return seed.theme("Scanner loses Wi-Fi", statements=3)


@pytest.fixture
def other(seed):
    return seed.theme("Gloves and touch screens", statements=2)


def first_statement(session, theme) -> int:
    query = session.query(ThemeMembership.statement_id).filter_by(theme_id=theme.id)
    return query.order_by(ThemeMembership.statement_id).first()[0]


def fresh(session, theme) -> Theme:
    session.expire_all()
    return session.get(Theme, theme.id)


def undo_of(page: str) -> dict[str, str]:
    """Return what the notice of a page posts to take back what was done."""
    notice = page[page.index('id="notice"') :].split("</form>")[0]
    found = dict(re.findall(r'name="(correction_ids|batch_id|back)" value="([^"]+)"', notice))
    return {name: html.unescape(value) for name, value in found.items()}


def versions_of(page: str) -> dict[str, list[str]]:
    """Return the rows of the table that compares versions: by label, then, now, and what was wanted."""
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', page)
    return {
        label: [re.sub("<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", cells)]
        for label, cells in rows
    }


def sent_again(page: str, word: str) -> dict[str, list[str]]:
    """Return what the form posts whose button says ``word``."""
    form = next(
        one for one in page.split("What now?")[1].split("<form")[1:] if f">{word}<" in one.split("</form>")[0]
    )
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)" value="([^"]*)"', form.split("</form>")[0]):
        found.setdefault(name, []).append(html.unescape(value))
    return found


def looked_at(manager, *themes: Theme) -> list[str]:
    """Return what the rows of the list say about the version they show."""
    page = manager.get("/themes/").text
    return [re.search(rf'name="seen" value="({theme.id}:[^"]+)"', page)[1] for theme in themes]


WRITES = [
    ("rename", {"title": "Scanner offline"}),
    ("watch", {"on": "1"}),
    ("pin", {"on": "1"}),
    ("dismiss", {"reason": "bug"}),
    ("owner", {"owner_id": ""}),
    ("merge", {"other_id": "{other}"}),
    ("move", {"statement_id": "{statement}", "target_id": "{other}"}),
    ("exclude", {"statement_id": "{statement}"}),
    ("split", {"statement_ids": "{statement}", "title": "Apart"}),
]


@pytest.fixture
def filled(session, theme, other):
    """Fill the ids of this test's records into a form."""

    def fill(form: dict[str, str]) -> dict[str, str]:
        ids = {"other": other.id, "statement": first_statement(session, theme)}
        return {name: value.format(**ids) for name, value in form.items()} | {"version": str(theme.version)}

    return fill


@pytest.mark.parametrize(("verb", "form"), WRITES)
def test_a_correction_is_made_told_and_undone(manager, session, theme, other, filled, verb, form):
    before = (theme.title, theme.state, theme.owner_id)
    page = manager.post(f"/themes/{theme.id}/{verb}", data=filled(form), follow_redirects=True)
    assert page.status_code == 200
    made = session.query(ThemeCorrection).one()
    assert made.user_name == manager.user.name
    undone = manager.post("/themes/undo", data=undo_of(page.text), follow_redirects=True)
    assert "Undone." in undone.text
    now = fresh(session, theme)
    assert (now.title, now.state, now.owner_id) == before
    assert session.query(ThemeMembership).filter_by(theme_id=theme.id).count() == 3


@pytest.mark.parametrize(("verb", "form"), WRITES)
def test_a_stranger_may_not_correct(client_of, client, session, theme, filled, verb, form):
    address = f"/themes/{theme.id}/{verb}"
    assert client_of("sales").post(address, data=filled(form)).status_code == 403
    assert client.post(address, data=filled(form)).headers["Location"].startswith("/sign-in")
    assert session.query(ThemeCorrection).count() == 0


@pytest.mark.parametrize(("verb", "form"), WRITES)
def test_a_correction_of_what_has_changed_says_both_versions(manager, session, theme, filled, verb, form):
    old = filled(form)
    manager.post(f"/themes/{theme.id}/rename", data={"title": "Handheld offline", "version": theme.version})
    answer = manager.post(f"/themes/{theme.id}/{verb}", data=old)
    page = text_of(answer)
    assert answer.status_code == 409
    assert "It is called “Handheld offline” now: needs triage." in page and "You wanted" in page
    assert f"Last change: {manager.user.name} renamed it" in page
    assert re.search(rf'href="/themes/{theme.id}">(Keep theirs|Back to the theme)', page)
    assert session.query(ThemeCorrection).count() == 1


def test_a_theme_is_pinned_and_let_go_and_its_history_says_so(manager, session, theme):
    page = text_of(manager.post(f"/themes/{theme.id}/pin", data={"on": "1"}, follow_redirects=True))
    assert "Pinned: a run asks before it splits or merges it." in page
    assert fresh(session, theme).is_pinned and fresh(session, theme).is_held
    page = text_of(manager.post(f"/themes/{theme.id}/pin", data={"on": "0"}, follow_redirects=True))
    assert not fresh(session, theme).is_pinned
    assert f"{manager.user.name} pinned it no more" in page and f"{manager.user.name} pinned it" in page


def test_both_versions_stand_beside_each_other_and_it_can_be_done_all_the_same(manager, session, theme):
    shown = manager.get(f"/themes/{theme.id}").text
    seen = re.search(r'name="version" value="([^"]+)"', shown)[1]
    manager.post(f"/themes/{theme.id}/rename", data={"title": "Handheld offline"})
    manager.post(f"/themes/{theme.id}/owner", data={"owner_id": str(manager.user.id)})
    answer = manager.post(f"/themes/{theme.id}/dismiss", data={"reason": "bug", "version": seen})
    page = text_of(answer)
    assert answer.status_code == 409 and "When you looked" in page
    told = versions_of(page)
    assert told["Name"] == ["Scanner loses Wi-Fi", "Handheld offline (changed)", "as it is"]
    assert told["Owner"] == ["Nobody", f"{manager.user.name} (changed)", "as it is"]
    assert told["State"] == ["Needs triage", "Needs triage", "Dismissed"]
    assert told["Statements"][:2] == ["3", "3"]
    assert page.count('class="when"') == 2
    again = dict(
        re.findall(r'type="hidden" name="(reason|version)" value="([^"]+)"', page.split("What now?")[1])
    )
    manager.post(f"/themes/{theme.id}/dismiss", data=again)
    assert fresh(session, theme).state == "dismissed"


@pytest.mark.parametrize(
    ("verb", "form"),
    [
        ("rename", {"title": "  "}),
        ("rename", {"title": "x" * 121}),
        ("dismiss", {}),
        ("dismiss", {"reason": "nonsense"}),
        ("dismiss", {"reason": "other", "note": " "}),
        ("owner", {"owner_id": "x"}),
        ("merge", {}),
        ("merge", {"other_id": "x"}),
        ("move", {"statement_id": "{statement}"}),
        ("move", {"target_id": "{other}"}),
        ("exclude", {}),
        ("split", {}),
        ("split", {"statement_ids": "x"}),
        ("split", {"statement_ids": "{statement}", "title": "x" * 121}),
        ("rename", {"title": "nul\0byte"}),
    ],
)
def test_bad_input_is_refused_in_words(manager, session, theme, filled, verb, form):
    answer = manager.post(f"/themes/{theme.id}/{verb}", data=filled(form))
    assert answer.status_code == 422
    assert "Traceback" not in answer.text and "Please look at this again" in answer.text
    assert session.query(ThemeCorrection).count() == 0


@pytest.mark.parametrize(("verb", "form"), WRITES)
def test_a_theme_that_is_not_there_cannot_be_corrected(manager, filled, verb, form):
    for missing in (987_654, 99999999999999999999):
        assert manager.post(f"/themes/{missing}/{verb}", data=filled(form)).status_code == 404


@pytest.mark.parametrize("verb", ["watch", "dismiss"])
def test_the_same_decision_twice_is_one_decision(manager, session, theme, verb):
    for status in (303, 409):
        answer = manager.post(f"/themes/{theme.id}/{verb}", data={"reason": "bug"})
        assert answer.status_code == status
    assert session.query(ThemeCorrection).count() == 1


def test_undo_twice_says_that_it_was_undone(manager, session, theme):
    page = manager.post(f"/themes/{theme.id}/rename", data={"title": "New name"}, follow_redirects=True)
    form = undo_of(page.text)
    assert manager.post("/themes/undo", data=form).status_code == 303
    assert manager.post("/themes/undo", data=form).status_code == 409
    assert manager.post("/themes/undo", data={"correction_ids": ""}).status_code == 422


def test_undo_leads_nowhere_else(manager, theme):
    page = manager.post(f"/themes/{theme.id}/rename", data={"title": "New name"}, follow_redirects=True)
    form = undo_of(page.text) | {"back": "https://evil.example/"}
    assert manager.post("/themes/undo", data=form).headers["Location"] == "/themes/"


def test_a_dismissed_theme_says_why_and_opens_again(manager, session, theme):
    form = {"reason": "other", "note": "Sold with the next handheld"}
    page = manager.post(f"/themes/{theme.id}/dismiss", data=form, follow_redirects=True)
    assert "Sold with the next handheld" in page.text and "Open again" in page.text
    manager.post(f"/themes/{theme.id}/reopen")
    assert fresh(session, theme).state == "new"


def test_an_owner_is_assigned_and_taken_back(manager, session, theme):
    manager.post(f"/themes/{theme.id}/owner", data={"owner_id": str(manager.user.id)})
    assert fresh(session, theme).owner_id == manager.user.id
    assert manager.user.name in manager.get(f"/themes/{theme.id}").text
    manager.post(f"/themes/{theme.id}/owner", data={"owner_id": ""})
    assert fresh(session, theme).owner_id is None


def test_history_tells_who_did_what_with_its_undo(manager, theme, other):
    manager.post(f"/themes/{theme.id}/rename", data={"title": "Handheld offline"})
    page = text_of(manager.get(f"/themes/{theme.id}"))
    assert f"{manager.user.name} renamed it, was <s>Scanner loses Wi-Fi</s>" in page
    assert "Born in run" in page and 'action="/themes/undo"' in page


def test_htmx_gets_a_line_with_undo_where_the_statement_was(manager, session, theme):
    form = {"statement_id": str(first_statement(session, theme)), "version": str(theme.version)}
    part = manager.post(OUT.format(theme.id), data=form, headers=HTMX)
    assert part.status_code == 200 and "<html" not in part.text and "Taken out" in part.text
    assert re.search(
        rf'value="{fresh(session, theme).version}@[0-9.]+" hx-swap-oob="outerHTML:.version"', part.text
    )


def test_ticked_statements_become_a_theme_and_the_history_of_both_says_so(manager, session, theme):
    page = manager.get(f"/themes/{theme.id}").text
    ids = re.findall(r'name="statement_ids" value="(\d+)" form="chosen"', page)
    assert len(ids) == 3 and 'id="chosen"' in page
    session.get(Theme, theme.id).state = "proposed"
    session.commit()
    form = {"statement_ids": ids[:2], "title": "Dead corners", "version": str(theme.version)}
    new = text_of(manager.post(f"/themes/{theme.id}/split", data=form, follow_redirects=True))
    assert "A theme of its own: 2 statements split off from “Scanner loses Wi-Fi”." in new
    assert "The proposal stays with “Scanner loses Wi-Fi”." in new and "<h1" in new
    assert f"{manager.user.name} split it off from" in new
    old = text_of(manager.get(f"/themes/{theme.id}"))
    assert f"{manager.user.name} split 2 statements off into" in old and "Dead corners" in old


def test_where_a_statement_could_go_is_asked_likeliest_first(manager, session, theme, other):
    address = f"/themes/{theme.id}/statements/{first_statement(session, theme)}/move"
    assert "Gloves and touch screens" in manager.get(address).text
    part = manager.get(address, headers=HTMX).text
    assert "<html" not in part and f'value="{theme.id}"' not in part.split("<select")[1]


# ---------- many at once ----------
def select(manager, *themes: Theme, **form: str):
    data = {"theme_ids": [str(theme.id) for theme in themes], "back": "/themes/?view=triage", **form}
    return manager.post("/themes/selected", data=data, follow_redirects=True)


def test_selected_themes_are_seen_side_by_side_then_merged_and_unmerged(manager, session, theme, other, seed):
    third = seed.theme("Battery", statements=1)
    page = text_of(select(manager, theme, other, third, verb="merge"))
    assert "Merge 3 themes" in page and "Stays" in page
    assert [fresh(session, one).state for one in (theme, other, third)] == ["new"] * 3
    page = merge(manager, other, theme, third, title="Handheld offline")
    assert "Merged 3 themes into “Handheld offline”." in text_of(page)
    states = [fresh(session, one).state for one in (theme, other, third)]
    assert states == ["merged", "new", "merged"]
    manager.post("/themes/undo", data=undo_of(page.text))
    assert [fresh(session, one).state for one in (theme, other, third)] == ["new"] * 3
    assert fresh(session, other).title == "Gloves and touch screens"


def merge(manager, *themes: Theme, **form: str):
    data = {
        "theme_ids": [str(theme.id) for theme in themes],
        "seen": [f"{theme.id}:{theme.version}" for theme in themes],
        "back": "/themes/", **form,
    }  # fmt: skip
    return manager.post("/themes/merge", data=data, follow_redirects=True)


def test_what_changed_beside_a_merge_is_not_merged(manager, session, theme, other):
    old = looked_at(manager, theme, other)
    manager.post(f"/themes/{other.id}/rename", data={"title": "Gloves"})
    answer = merge(manager, theme, other, seen=old, title="Handheld")
    page, told = text_of(answer), versions_of(text_of(answer))
    assert answer.status_code == 409 and "1 of 2 themes was changed since you looked" in page
    assert f"Last change: {manager.user.name} renamed it" in page and page.count('class="when"') == 1
    assert told["Name"] == ["Gloves and touch screens", "Gloves (changed)", "Handheld"]
    assert f"/themes/merge?theme={theme.id}&theme={other.id}" in page and ">Keep theirs<" in page
    assert fresh(session, other).state == "new"
    manager.post("/themes/merge", data=sent_again(page, "Apply mine again"))
    assert fresh(session, other).merged_into_id == theme.id and fresh(session, theme).title == "Handheld"


def test_what_was_merged_elsewhere_meanwhile_cannot_be_merged_with_it_again(manager, session, theme, other):
    old = looked_at(manager, theme, other)
    merge(manager, theme, other)
    answer = merge(manager, theme, other, seen=old, title="Handheld")
    assert answer.status_code == 409 and "It cannot be done any more" in answer.text
    assert (
        "Apply mine again" not in answer.text and versions_of(answer.text)["State"][1] == "Merged (changed)"
    )


def test_what_a_proposal_cites_does_not_go_into_another_theme(manager, session, theme, seed):
    cited = seed.theme("Label printer", state="proposed")
    answer = merge(manager, theme, cited)
    assert answer.status_code == 409 and "Swap the two" in answer.text
    assert merge(manager, cited, theme).status_code == 200
    assert fresh(session, theme).merged_into_id == cited.id


@pytest.mark.parametrize(("verb", "state"), [("watch", "watching"), ("dismiss", "dismissed")])
def test_selected_themes_are_watched_or_dismissed_together(manager, session, theme, other, verb, state):
    page = select(manager, theme, other, verb=verb, reason="too_vague")
    assert {fresh(session, one).state for one in (theme, other)} == {state}
    manager.post("/themes/undo", data=undo_of(page.text))
    assert {fresh(session, one).state for one in (theme, other)} == {"new"}


def test_all_selected_themes_change_or_none(manager, session, theme, seed):
    cited = seed.theme("Label printer", state="proposed")
    assert select(manager, theme, cited, verb="watch").status_code == 409
    assert fresh(session, theme).state == "new"


def test_what_is_so_already_is_left_out_and_only_that_is_refused(manager, session, theme, other):
    manager.post(f"/themes/{other.id}/watch")
    assert "Followed 1 theme." in text_of(select(manager, theme, other, verb="watch"))
    assert session.query(ThemeCorrection).count() == 2
    assert select(manager, theme, other, verb="watch").status_code == 409


def test_a_selected_theme_that_somebody_changed_meanwhile_is_refused(manager, session, theme, other):
    seen = looked_at(manager, theme, other)
    manager.post(f"/themes/{other.id}/rename", data={"title": "Gloves"})
    answer = select(manager, theme, other, verb="dismiss:bug", seen=seen)
    page, told = text_of(answer), versions_of(text_of(answer))
    assert answer.status_code == 409 and "1 of 2 themes was changed since you looked" in page
    assert "You wanted to dismiss 2 themes: a defect, already with service" in page
    assert told["Name"][:2] == ["Gloves and touch screens", "Gloves (changed)"]
    assert told["State"] == ["Needs triage", "Needs triage", "Dismissed"]
    assert fresh(session, theme).state == "new"
    manager.post("/themes/selected", data=sent_again(page, "Apply mine to the other 1"))
    assert [fresh(session, one).state for one in (theme, other)] == ["dismissed", "new"]


def test_a_decision_about_many_can_be_made_on_top_of_what_others_changed(manager, session, theme, other):
    seen = looked_at(manager, theme, other)
    manager.post(f"/themes/{other.id}/rename", data={"title": "Gloves"})
    page = text_of(select(manager, theme, other, verb="watch", seen=seen))
    manager.post("/themes/selected", data=sent_again(page, "Apply mine again"))
    assert [fresh(session, one).state for one in (theme, other)] == ["watching", "watching"]


@pytest.mark.parametrize(
    "form",
    [{"verb": "dismiss", "reason": ""}, {"verb": "explode"}, {}],
)
def test_a_selection_without_sense_is_refused(manager, session, theme, form):
    assert select(manager, theme, **form).status_code == 422
    assert manager.post("/themes/selected", data={"verb": "watch"}).status_code == 422
    assert session.query(ThemeCorrection).count() == 0


def test_a_stranger_may_not_change_a_selection_or_refresh(client_of, theme, other):
    seller = client_of("sales")
    assert select(seller, theme, other, verb="merge").status_code == 403
    assert seller.post("/themes/refresh").status_code == 403
    assert seller.post("/themes/undo", data={"correction_ids": "1"}).status_code == 403


def test_htmx_gets_the_list_with_a_notice_after_a_selection_changed(manager, theme, other):
    data = {"theme_ids": [str(theme.id)], "verb": "watch", "back": "/themes/"}
    part = manager.post("/themes/selected", data=data, headers=HTMX, follow_redirects=True)
    assert "<html" not in part.text and 'id="notice" hx-swap-oob' in part.text
    assert "Followed 1 theme." in part.text and 'action="/themes/undo"' in part.text


# ---------- runs ----------
def test_a_refresh_is_asked_for_once_and_shows_how_far_it_is(manager, session, theme):
    strip = manager.post("/themes/refresh", headers=HTMX).text
    assert "Looking for themes" in strip and 'hx-get="/themes/run' in strip and "<html" not in strip
    assert manager.post("/themes/refresh").status_code == 303
    from ideaflow.themes.models import ThemeRun

    assert session.query(ThemeRun).filter_by(state="queued").count() == 1
    assert "Looking for themes" in manager.get("/themes/").text


def test_a_run_that_failed_says_why(manager, session, theme, seed):
    seed.run.state, seed.run.error = "failed", "The language model is missing."
    session.commit()
    assert "failed: The language model is missing." in manager.get("/themes/run", headers=HTMX).text
    assert manager.get("/themes/run").status_code == 303


def test_a_run_that_ended_says_what_it_found(manager, theme):
    strip = text_of(manager.get("/themes/run", headers=HTMX))
    assert "found 20 themes in 41 statements, 94\u202f% of what was in a theme stayed there." in strip
    assert "hx-get" not in strip
