"""The writer's own name under a letter is no statement, and the page of the item says so."""

from sqlalchemy import select

from ideaflow.db import db
from ideaflow.feedback.models import Statement
from ideaflow.themes import elsewhere
from ideaflow.themes.statements import drawing, encoding

LETTER = (
    "Our customer says his goods stood with us for a hundred and ninety days, your report says two hundred "
    "and ten. He was right for that month, and in other months we would have been right, and neither of us "
    "can ever know which, so we meet each quarter and shout.\n\n"
    "A statement of stay for each pallet would have closed the matter in a minute. It must come from you "
    "because the movements are with you.\n\nTimo Virtanen\nShift supervisor\nVantaa Freight"
)


def test_the_name_under_a_letter_is_left_out_and_named(by_hand, make):
    account = make.account(name="Vantaa Freight")
    writer = make.contact(name="Timo Virtanen", title="Shift supervisor", account_id=account.id)
    item = make.item(text=LETTER, account_id=account.id, contact_id=writer.id)
    encoding.read_some(10)
    drawn = db.session.scalars(select(Statement.text).where(Statement.item_id == item.id)).all()
    assert drawn and all("Virtanen" not in words and "Freight" not in words for words in drawn)
    assert any("Virtanen" in words for _, words in elsewhere.left_out(item))


def test_the_name_of_another_stays_part_of_what_is_said():
    writer = frozenset({"timo", "virtanen", "vantaa", "freight"})
    assert drawing.signs("Timo Virtanen, Vantaa Freight", writer)
    assert not drawing.signs("Vantaa Freight needs pallet labels", writer)
    assert not drawing.signs("Dennis", writer)
    assert not drawing.signs("14:30", writer)
