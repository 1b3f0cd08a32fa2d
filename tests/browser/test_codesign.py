"""The pages on which staff ask customers: the editor, its preview, whom to ask, answers by telephone."""

import pytest

from ideaflow.codesign import queries
from ideaflow.codesign.models import CodesignSession
from ideaflow.db import db
from tests.browser.looking import Site, assert_sound
from tests.codesign.answering import Round
from tests.factories import Factory

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("key", ["maxdiff", "kano"])
def test_the_editor_and_what_surrounds_it_are_sound(site: Site, key: str) -> None:
    with site.app.app_context():
        make = Factory(db.session)
        ask, owner = Round(make, db.session), make.user(roles=["product_manager"])
        held = ask.open(key, "anonymous")
        opened = held.id
        draft = CodesignSession(
            proposal_id=ask.proposal.id, title="What comes first?", instrument=key, mode="anonymous",
            definition=held.definition, state="draft", seed=1,
        )  # fmt: skip
        db.session.add(draft)
        ask.invite(held, *ask.accounts(3))
        db.session.commit()
        db.session.refresh(owner)
        paths = [f"/co-design/{draft.id}/edit", f"/co-design/{opened}", f"/co-design/{opened}/invite"]
        assert queries.responses([opened])[opened].invited == 3
    for path in [*paths, "/co-design/", f"/co-design/{opened}/on-behalf"]:
        page, errors = site.open(path, as_user=owner, width=390, theme="dark")
        assert_sound(page, errors, f"codesign{path.replace('/', '-')}-{key}")
