"""Designing a bicycle in the portal: at once, forked, amended, and what comes out of it."""

import re
from types import SimpleNamespace

import pytest

from ideaflow.codesign import closing, inviting, queries
from ideaflow.codesign.designs import queries as drafts
from ideaflow.codesign.kinds.drafts import Drafts
from ideaflow.codesign.models import Ballot
from ideaflow.proposals.lines import lines_of
from tests.codesign.answering import SECRET
from tests.codesign.bicycle import BICYCLE, KEYS, chosen, form

CHEAPEST = ("S", "26", "Disc", "Front", "Single")
HTMX = {"HX-Request": "true"}


@pytest.fixture
def ride(ask, contact_of):
    """A bicycle session: ``ride.guest(account)`` is the browser of somebody invited."""
    held = ask.open("drafts", definition=BICYCLE)

    def guest(account=None, **values):
        browser = contact_of(account or ask.make.account(segment="3PL", region="DACH"), **values)
        inviting.invite(held.id, [browser.contact.id], "by hand", None, by=ask.by)
        return browser

    def submit(browser, *names, **more):
        return browser.post(f"{at}/new", data=chosen(*names, then="submit", **more))

    at = f"/portal/design/{held.id}/drafts"
    return SimpleNamespace(held=held, at=at, guest=guest, submit=submit, ask=ask)


def test_the_editor_counts_the_bicycle_and_names_what_can_never_be_chosen(ride, client_of):
    found = Drafts().review(BICYCLE)
    assert (found.combinations, found.valid) == (72, 18)
    assert [one.option for one in found.dead] == [KEYS["Rim"], KEYS["None"]]
    held = _begun(ride)
    staff = client_of("product_manager")
    assert staff.post(f"/co-design/{held.id}/edit", data=_edited(held, form())).status_code == 303
    page = staff.get(f"/co-design/{held.id}/edit").text
    assert "72 combinations, 18 allowed" in page and "S, 26, Disc, Front, Single for €700" in page
    assert "“Rim” can never be chosen" in page and "Take 29" not in page


def test_rules_that_leave_no_design_are_named_and_keep_the_session_shut(ride, client_of):
    held = _begun(ride)
    staff = client_of("product_manager")
    fields = _edited(held, form("Disc cannot be taken"), then="open")
    answer = staff.post(f"/co-design/{held.id}/edit", data=fields)
    assert answer.status_code == 422
    for rule in ("Front or Full needs Disc", "Every bicycle is sprung", "Disc cannot be taken"):
        assert f"“{rule}”" in answer.text
    assert "These rules leave no design together" in answer.text
    assert queries.find(held.id).is_draft


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("Front needs Disk", "“Disk” is no option here. Did you mean “Disc”?"),
        ("bicycles are nice", "is no rule yet. Write it like “Full needs Disc”"),
        ("weight at most 12", "Write “price”"),
    ],
)
def test_a_sentence_that_is_no_rule_says_what_to_write(rule, said):
    assert any(said in str(one["reason"]) for one in Drafts().problems(Drafts().read(form(rule))))


def test_drafts_that_are_forked_cannot_be_anonymous():
    problems = Drafts().problems(Drafts().read(form(mode="anonymous")))
    assert [one["field"] for one in problems] == ["mode"]


def test_price_and_lead_time_follow_each_choice_with_and_without_script(ride):
    elina = ride.guest()
    assert elina.get(f"{ride.at}/").headers["Location"].endswith("/new")
    empty = elina.get(f"{ride.at}/new").text
    assert "from €700" in empty and "still to choose: Frame, Wheel, Brake, Suspension, Drive" in empty
    page = elina.post(f"{ride.at}/new", data=chosen(*CHEAPEST, then="look")).text
    assert "<html" in page and re.search(r'big num">€700', page) and "ready in 2 weeks" not in page
    part = elina.post(f"{ride.at}/new", data=chosen("M", "29", then="look"), headers=HTMX).text
    assert "<html" not in part and "from €790" in part and 'hx-swap-oob="innerHTML:#said"' in part


def test_what_is_blocked_says_why_and_one_press_repairs_it(ride, session):
    elina = ride.guest()
    page = elina.post(f"{ride.at}/new", data=chosen(*CHEAPEST, then="look")).text
    assert "Not with S: Small frames take 26-inch wheels." in page
    assert "Smallest change: M instead of S." in page and "Take 29: €790" in page
    repaired = elina.post(f"{ride.at}/new", data=chosen(*CHEAPEST, fix=KEYS["29"])).text
    picked = dict(re.findall(r'name="(pick-m\d)" value="(o\d+)" checked', repaired))
    assert set(picked.values()) == {KEYS[name] for name in ("M", "29", "Disc", "Front", "Single")}
    assert elina.post(f"{ride.at}/new", data={**picked, "then": "submit"}).status_code == 303
    assert session.query(Ballot).one().answers["design"]["options"] == sorted(picked.values())


def test_an_open_or_forbidden_design_is_refused_in_words_and_nothing_is_lost(ride):
    elina = ride.guest()
    answer = ride.submit(elina, "S", "26", sketch="A bell.")
    assert (
        answer.status_code == 422 and "Something is still to choose: Brake, Suspension, Drive" in answer.text
    )
    assert "A bell." in answer.text
    answer = ride.submit(elina, "S", "26", "Disc", "Full", "Single")
    assert answer.status_code == 422 and "These choices do not go together" in answer.text
    assert "Change it: €700" in answer.text
    assert "checked" in elina.get(f"{ride.at}/new").text  # Kept in this browser.


def test_a_draft_kept_to_its_company_and_a_missing_one_read_the_same(ride):
    account = ride.ask.make.account()
    elina, colleague, stranger = ride.guest(account), ride.guest(account), ride.guest()
    ride.submit(elina, *CHEAPEST)
    assert colleague.get(f"{ride.at}/1").status_code == 200
    for path in ("{}", "{}/change", "new?from={}"):
        one, other = (f"{ride.at}/" + path.format(number) for number in (1, 7))
        foreign, missing = stranger.get(one), stranger.get(other)
        assert foreign.status_code == missing.status_code == 404
        assert foreign.text.replace(one, other) == missing.text
    for path in ("1/endorse", "1/share", "1/change", "1/amendments/1"):
        assert stranger.post(f"{ride.at}/{path}", data=chosen(*CHEAPEST, then="submit")).status_code == 404


def test_a_fork_says_whose_it_was_without_the_name(ride):
    for _ in range(3):
        ride.ask.make.account(segment="3PL", region="DACH")
    elina, jonas = ride.guest(name="Elina Koski"), ride.guest()
    ride.submit(elina, *CHEAPEST, share="yes")
    listed = jonas.get(f"{ride.at}/").text
    assert "A company in 3PL, DACH" in listed and "Elina" not in listed
    page = jonas.get(f"{ride.at}/new?from=1").text
    assert "from draft 1: A company in 3PL, DACH" in page and page.count("checked") == 6
    ride.submit(jonas, "M", "26", "Disc", "Front", "Single", **{"from": "1"})
    page = jonas.get(f"{ride.at}/2").text
    assert "from draft 1: A company in 3PL, DACH" in page and "Elina" not in page
    assert "forked 1×" in elina.get(f"{ride.at}/1").text


def test_a_change_is_a_version_with_its_difference_and_the_last_one_counts(ride, session):
    elina = ride.guest()
    ride.submit(elina, *CHEAPEST)
    change = chosen("M", "26", "Disc", "Front", "Single", then="submit", base="1")
    assert elina.post(f"{ride.at}/1/change", data=change).status_code == 303
    page = elina.get(f"{ride.at}/1").text
    assert "<s>S</s> <ins>M</ins>" in page and "Version 2" in page and "€750" in page
    ballot = session.query(Ballot).one()
    assert KEYS["M"] in ballot.answers["design"]["options"] and ballot.answers["design"]["version"] == 2
    late = elina.post(f"{ride.at}/1/change", data={**change, **chosen("L")})
    assert late.status_code == 409 and "Version 2 was submitted meanwhile" in late.text


def test_others_propose_changes_and_the_author_answers_each(ride):
    elina, jonas = ride.guest(), ride.guest()
    ride.submit(elina, *CHEAPEST, share="yes")
    for names in (("M",), ("Double",)):
        sent = chosen(*CHEAPEST, then="submit", base="1", sketch="Ours are tall.") | chosen(*names)
        assert jonas.post(f"{ride.at}/1/change", data=sent).status_code == 303
    found = {one.options[0]: one for one in drafts.amendments(drafts.every(ride.held.id)[0].id)}
    assert len(found) == 2
    page = elina.get(f"{ride.at}/1").text
    assert "<s>S</s> <ins>M</ins>" in page and "Ours are tall." in page
    ids = sorted(one.id for one in found.values())
    for number in ids:  # Both, one after the other: each is put on the draft as it stands then.
        elina.post(f"{ride.at}/1/amendments/{number}", data={"then": "accept", "reply": "Yes."})
    last = drafts.every(ride.held.id)[0].versions[-1]
    assert {KEYS["M"], KEYS["Double"]} <= set(last.options) and last.number == 3
    again = elina.post(f"{ride.at}/1/amendments/{ids[0]}", data={"then": "reject"}, follow_redirects=True)
    assert "answered already" in again.text
    assert "Taken in as it is" in jonas.get(f"{ride.at}/1").text
    assert jonas.post(f"{ride.at}/1/amendments/{ids[0]}", data={"then": "accept"}).status_code == 403


def test_an_amendment_is_worked_in_with_changes_of_ones_own(ride):
    elina, jonas = ride.guest(), ride.guest()
    ride.submit(elina, *CHEAPEST, share="yes")
    jonas.post(f"{ride.at}/1/change", data=chosen(*CHEAPEST, then="submit", base="1") | chosen("M"))
    one = drafts.amendments(drafts.every(ride.held.id)[0].id)[0]
    to = elina.post(f"{ride.at}/1/amendments/{one.id}", data={"then": "work"}).headers["Location"]
    assert "as it was proposed" in elina.get(to).text
    sent = chosen("M", "29", "Disc", "Front", "Single", then="submit", base="1", amendment=str(one.id))
    assert elina.post(f"{ride.at}/1/change", data=sent).status_code == 303
    assert "Worked in" in jonas.get(f"{ride.at}/1").text


def test_standing_behind_a_draft_is_said_once_and_can_be_taken_back(ride):
    elina, jonas = ride.guest(), ride.guest()
    ride.submit(elina, *CHEAPEST, share="yes")
    draft = drafts.every(ride.held.id)[0]
    for _ in range(2):
        jonas.post(f"{ride.at}/1/endorse", data={"stand": "yes"})
    assert drafts.standings(ride.held.id)[draft.id].accounts == 1
    jonas.post(f"{ride.at}/1/endorse", data={"stand": "no"})
    assert draft.id not in drafts.standings(ride.held.id)
    mine = elina.post(f"{ride.at}/1/endorse", data={"stand": "yes"}, follow_redirects=True)
    assert "stands behind" not in mine.text and drafts.standings(ride.held.id) == {}


def test_closed_while_designing_the_design_is_kept_and_said_so(ride, session):
    elina, jonas = ride.guest(), ride.guest()
    ride.submit(jonas, *CHEAPEST)
    closing.close(ride.held.id, None, by=ride.ask.by)
    assert ride.submit(elina, *CHEAPEST).status_code == 303
    assert "They are kept, and not counted" in elina.get(f"/portal/design/{ride.held.id}").text
    assert session.query(Ballot).filter_by(is_late=True).count() == 1
    back = jonas.post(
        f"{ride.at}/1/change", data=chosen("L", *CHEAPEST[1:], then="submit", base="1"), follow_redirects=True
    )
    assert "drafts stay as they are" in back.text


def test_the_result_is_frozen_and_a_chosen_draft_becomes_evidence(ride, client_of):
    first = ride.guest(name="Elina Koski")
    ride.submit(first, *CHEAPEST, share="yes", sketch="A bell, please.")
    for n in range(6):
        rider = ride.guest()
        ride.submit(rider, "M" if n % 2 else "S", *CHEAPEST[1:4], "Single", **{"from": "1"})
        if n < 2:
            rider.post(f"{ride.at}/1/endorse", data={"stand": "yes"})
    staff = client_of("product_manager")
    assert staff.get(f"/co-design/{ride.held.id}/drafts/").status_code == 409
    frozen = ride.ask.result(ride.held)
    assert frozen.whole["modal"] == sorted(KEYS[name] for name in CHEAPEST) and frozen.whole["price"] == 700
    assert "The design of most" in frozen.result["finding"]["lead"]
    assert [(one["draft"], one["parent"]) for one in frozen.whole["tree"]][:2] == [(1, None), (2, 1)]
    page = staff.get(f"/co-design/{ride.held.id}").text
    assert "Who built on whom" in page and "optionShares" in page and "Elina" not in page
    assert "Frame,S,300" in staff.get(f"/co-design/{ride.held.id}/results.csv").text
    listed = staff.get(f"/co-design/{ride.held.id}/drafts/").text
    assert (
        "6 of 7" in listed and "after Elina Koski" in listed and "2 other accounts stand behind it" in listed
    )
    version = drafts.every(ride.held.id)[0].versions[-1].id
    cite = f"/co-design/{ride.held.id}/drafts/{version}/cite"
    seen = {"criterion": "importance", "version": queries.find(ride.held.id).version}
    assert [staff.post(cite, data=seen).status_code for _ in range(2)] == [303, 409]
    line = lines_of(ride.ask.proposal.id)[0]
    assert line.evidence.criterion_key == "importance" and "3 people of 3 accounts" in line.then
    held = queries.find(ride.held.id)
    closing.publish(held.id, held.version, by=ride.ask.by)
    assert "The design most would take:" in first.get(f"/portal/design/{held.id}/results").text


def test_a_design_taken_by_telephone_stands_apart(ride, client_of):
    staff, account = client_of("product_manager"), ride.ask.make.account()
    address = f"/co-design/{ride.held.id}/on-behalf"
    page = staff.get(address).text
    so_far = re.search(r'name="so_far" value="([^"]+)"', page).group(1)
    data = {"account_id": str(account.id), "so_far": so_far}
    open_one = staff.post(address, data=chosen("S", "26", **data))
    assert open_one.status_code == 422 and "still to choose" in open_one.text
    assert staff.post(address, data=chosen(*CHEAPEST, **data)).status_code == 303
    assert closing.close(ride.held.id, None, by=ride.ask.by) and closing.tally(ride.held.id, secret=SECRET)


def test_small_kits_never_load_the_solver(ride):
    import subprocess
    import sys

    code = (
        "import sys; from tests.codesign.bicycle import BICYCLE, KEYS\n"
        "from ideaflow.codesign.kinds.drafts_board import board_of, take\n"
        "board_of(BICYCLE, [KEYS['S']]); take(BICYCLE, [KEYS['S']], KEYS['29'])\n"
        "print(sorted({'ortools', 'numpy', 'pandas'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr[-500:]


def test_a_change_of_nothing_is_no_proposal(ride):
    elina, jonas = ride.guest(), ride.guest()
    ride.submit(elina, *CHEAPEST, share="yes")
    answer = jonas.post(f"{ride.at}/1/change", data=chosen(*CHEAPEST, then="submit", base="1"))
    assert answer.status_code == 422 and "Nothing is changed yet" in answer.text


def _begun(ride):
    from ideaflow.codesign import service

    return service.begin(ride.ask.proposal.id, "drafts", "How would you build it?", by=ride.ask.by)


def _edited(held, fields, then=""):
    more = {
        "title": held.title,
        "intro": "",
        "closes_on": "2026-12-20",
        "criterion": "",
        "version": held.version,
    }
    for name, value in {**more, "then": then}.items():
        fields[name] = str(value)
    return fields
