"""What an account says again counts once, and is found soon, whatever the database thinks of its tables."""

from datetime import timedelta

from sqlalchemy import select, text

from ideaflow.db import db
from ideaflow.feedback.models import Statement
from ideaflow.themes.models import StatementVector
from ideaflow.themes.statements import echoes
from tests.factories import SPOKEN_AT

MANY = """
    INSERT INTO statements (item_id, position, text, begins_at, ends_at)
    SELECT :item, n, 'We want thing ' || n, 0, 5 FROM generate_series(1, 2500) AS n
"""
THEIR_VECTORS = """
    INSERT INTO statement_vectors (statement_id, mean, mean4, model)
    SELECT id, ARRAY[sin(position), cos(position)]::halfvec, '[1,0]', 'm'
    FROM statements WHERE item_id = :item
"""


def _say(item):
    for adding in (MANY, THEIR_VECTORS):
        db.session.execute(text(adding), {"item": item.id})


def test_a_talkative_account_is_compared_soon_on_tables_taken_for_empty(session, make):
    account = make.account().id
    first = make.item(account_id=account, said_at=SPOKEN_AT - timedelta(days=9))
    broken_off = session.begin_nested()
    _say(first)
    broken_off.rollback()
    session.execute(text("ANALYZE feedback_items, statements, statement_vectors"))  # Full of dead rows.
    _say(first)
    again = make.statement(make.item(account_id=account, said_at=SPOKEN_AT), text="We want thing 7")
    session.add(StatementVector(statement_id=again.id, mean=[0, 1], mean4=[1, 0], model="m"))
    session.commit()
    session.execute(text("SET LOCAL statement_timeout = '60s'"))
    ids = list(session.scalars(select(Statement.id)))
    echoes.mark(ids)
    session.expire_all()
    echo = session.get_one(StatementVector, again.id).echo_of_id
    assert echo is not None and echo in ids
