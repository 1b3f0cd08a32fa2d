"""Who may open what: every route, every method, every role, from the route table itself."""

import time

import pytest
from flask import Flask

from ideaflow.portal.policy import ContactRight
from ideaflow.users.access import PUBLIC
from ideaflow.users.policy import Role, may

ABSENT = {"int": "987654321", "string": "absent", "default": "absent", "path": "absent"}
# Sign-out ends the session it is tried with; each role tries it last.
LAST = "users.sign_out"


def _routes(app: Flask):
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint == LAST, rule.rule)):
        if rule.endpoint == "static":
            continue
        address = rule.rule
        for name, converter in rule._converters.items():
            kind = type(converter).__name__
            filler = ABSENT["int"] if kind == "IntegerConverter" else ABSENT["string"]
            address = "/".join(
                filler if part.startswith("<") and part.strip("<>").split(":")[-1] == name else part
                for part in address.split("/")
            )
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, address, app.view_functions[rule.endpoint].policy


def _is_sent_to(answer, goal: str) -> bool:
    return answer.status_code == 303 and answer.headers["Location"].startswith(goal)


def test_the_route_table_is_worth_testing(app):
    assert len(list(_routes(app))) >= 20


@pytest.mark.parametrize("role", list(Role))
def test_each_role_opens_what_its_rights_say_and_nothing_else(app, client_of, role):
    browser = client_of(role)
    wrong = []
    for method, address, policy in _routes(app):
        answer = browser.open(address, method=method)
        if isinstance(policy, ContactRight):  # Staff come in only as the contact they are, too.
            if not _is_sent_to(answer, "/portal/sign-in"):
                wrong.append((method, address, policy, answer.status_code))
            continue
        allowed = policy == PUBLIC or may([role], policy)
        if answer.status_code >= 500 or (answer.status_code == 403) == allowed:
            wrong.append((method, address, policy, answer.status_code))
    assert wrong == []


def test_a_contact_opens_the_portal_and_nothing_else(app, contact_of):
    browser = contact_of()
    wrong = []
    for method, address, policy in _routes(app):
        if method == "POST" and "sign-out" in address:
            continue  # Ends the session it is tried with.
        answer = browser.open(address, method=method)
        theirs = isinstance(policy, ContactRight) or policy == PUBLIC
        sent_away = answer.status_code == 401 or any(
            _is_sent_to(answer, goal) for goal in ("/sign-in", "/portal/sign-in?")
        )
        if answer.status_code >= 500 or answer.status_code == 403 or sent_away == theirs:
            wrong.append((method, address, policy, answer.status_code))
    assert wrong == []


def test_a_stranger_is_asked_to_sign_in_everywhere(app, client):
    wrong = []
    for method, address, policy in _routes(app):
        answer = client.open(address, method=method)
        goal = "/portal/sign-in" if isinstance(policy, ContactRight) else "/sign-in"
        asked = _is_sent_to(answer, goal) or (address.startswith("/api/") and answer.status_code == 401)
        if policy != PUBLIC and not asked:
            wrong.append((method, address, answer.status_code))
    assert wrong == []


def test_an_absent_thing_tells_nothing_but_that(app, client_of, monkeypatch):
    second = time.time()  # A form's token holds the second it was made.
    monkeypatch.setattr("time.time", lambda: second)
    browser = client_of("administrator", "gatekeeper")
    for method, address, _ in _routes(app):
        if method == "GET" and ABSENT["int"] in address:
            other = address.replace(ABSENT["int"], "987654322")
            one, two = browser.get(address), browser.get(other)
            assert one.status_code == two.status_code
            assert one.text.replace(ABSENT["int"], "") == two.text.replace("987654322", "")
