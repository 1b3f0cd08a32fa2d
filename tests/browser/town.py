"""A small town for walks through the product: a mail server, a proposal with open questions, who is asked."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from ideaflow import queue
from ideaflow.app import create_app
from ideaflow.clock import now
from ideaflow.config import Settings
from ideaflow.db import db
from ideaflow.loop import notices
from ideaflow.loop.pace import Wishes
from ideaflow.themes.models import ThemeMembership
from tests.browser.looking import AT_REST, THEMES, Site, assert_sound
from tests.codesign.answering import SECRET, Round
from tests.codesign.bicycle import BICYCLE
from tests.factories import Factory
from tests.gates.conftest import World, build_world
from tests.sink import Sink, listening

HER_WORDS = "Counting locks the bay, so at night we pick around it and nobody knows what is there."
TITLES = {
    "drafts": "How would you build the counting cart?",
    "maxdiff": "What must live counting do first?",
    "kano": "What would you miss, and what would you enjoy?",
}


@dataclass
class Town:
    """The product, a mail server beside it, a proposal with three questions, and Elina, who filed a case."""

    site: Site
    sink: Sink
    world: World
    sessions: dict[str, int]
    item_id: int
    elina: Any
    agent: Any

    def __post_init__(self) -> None:
        self.themes = cycle(THEMES)

    def work(self) -> None:
        """Do what waits in the queue, in a thread of its own: the browser's loop holds this one."""
        with ThreadPoolExecutor(1) as thread:
            thread.submit(queue.work, self.site.app, until_empty=True).result()

    def look(self, page: Page, errors: list[str], name: str) -> None:
        """Make sure of a page, in light and dark by turns."""
        theme = next(self.themes)
        page.emulate_media(color_scheme=theme)
        page.evaluate(AT_REST)
        assert_sound(page, errors, f"walk-{name}-{theme}")

    def link_of_last_mail(self) -> str:
        """Return where the last mail to Elina leads."""
        text = self.sink.to(self.elina.email)[-1].get_body(("plain",)).get_content()  # type: ignore[union-attr]
        found = re.search(r"https?://[^/\s]+(/portal/\S+)", text)
        assert found, text
        return found.group(1)

    def session_page(self, key: str) -> str:
        return f"/portal/design/{self.sessions[key]}"


@contextmanager
def settled(serve_site: Any, database: str, home: Path) -> Iterator[Town]:
    """Serve the product on a database of its own, with real mail."""
    with listening() as sink:
        settings = Settings(
            home=home, database_url=database, secret_key=SECRET, company="Fernhall",
            mail_server="127.0.0.1", mail_port=sink.port, mail_use_tls=False,
        )  # fmt: skip
        site = serve_site(create_app(settings, {"RATELIMIT_ENABLED": False}))
        with site.app.app_context():
            made = _people_and_questions(site, sink)
            db.session.remove()
        yield made
        site.close_pages()


def _people_and_questions(site: Site, sink: Sink) -> Town:
    make = Factory(db.session)
    world = build_world(make)
    account = make.account(name="Vantaa Freight", name_key="vantaa freight", segment="3PL", region="Nordics")
    elina = make.contact(account_id=account.id, name="Elina Koski", email="elina@vantaa.example")
    case = make.case(account_id=account.id, contact_id=elina.id, source_id="46120", subject="Counting")
    item = make.item(
        account_id=account.id, contact_id=elina.id, case_id=case.id, text=HER_WORDS,
        said_at=now() - timedelta(days=31),
    )  # fmt: skip
    statement = make.statement(item)
    make._add(ThemeMembership(statement_id=statement.id, theme_id=world.theme.id, strength=0.9, likeness=0.9))
    ask = Round(make, db.session)
    ask.by, ask.proposal = world.owner.actor, world.proposal
    others, sessions = ask.accounts(6), {}
    for key, title in TITLES.items():
        held = ask.open(key, title=title, **({"definition": BICYCLE} if key == "drafts" else {}))
        for number, one in enumerate(ask.invite(held, *others)):
            ask.cast(one, number, best="o1")
        sessions[key] = held.id
    # Not to wait for the morning, whenever this runs.
    notices.choose(
        elina.id, Wishes(choices={"decision": "now", "heard": "off"}, quiet_from=9, quiet_until=9), 0
    )
    agent = make.user(name="Lena Prior", roles=["service"])
    for one in (elina, agent, world.owner, *world.keepers, world.proposal):
        db.session.refresh(one)
    town = Town(site, sink, world, sessions, item.id, elina, agent)
    db.session.expunge_all()
    return town
