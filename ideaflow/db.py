"""The database: engine, session, the one place that commits, and the column types of every table."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, cast

from flask_sqlalchemy import SQLAlchemy
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Identity,
    MetaData,
    Numeric,
    String,
    TextClause,
    any_,
    bindparam,
    event,
    func,
    literal,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.engine import Engine
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """What all tables share: constraint names that migrations can rely on."""

    metadata = metadata


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

if TYPE_CHECKING:
    Model = Base  # The checker cannot see through Flask-SQLAlchemy's generated class.
else:
    Model = db.Model

PrimaryKey = Annotated[int, mapped_column(BigInteger, Identity(), primary_key=True)]
Name = Annotated[str, mapped_column(String(300))]
Moment = Annotated[datetime, mapped_column(DateTime(timezone=True))]
CreatedAt = Annotated[datetime, mapped_column(DateTime(timezone=True), server_default=func.now())]
Day = Annotated[date, mapped_column(Date)]
Money = Annotated[Decimal, mapped_column(Numeric(16, 2))]
Currency = Annotated[str, mapped_column(String(3))]
Json = Annotated[dict[str, Any], mapped_column(JSONB)]
JsonList = Annotated[list[Any], mapped_column(JSONB)]
Names = Annotated[list[str], mapped_column(ARRAY(String(60)))]
Vector = Annotated[Any, mapped_column(HALFVEC())]  # Of one model at a time: all have the same dimensions.


@contextmanager
def transaction() -> Iterator[Session]:
    """Commit when the block ends, roll back when it fails.

    A use case that calls another joins its transaction as a savepoint, so the
    outermost one is saved whole or not at all. Only this function commits.
    """
    session = db.session()
    if session.info.get("in_use_case"):
        with session.begin_nested():
            yield session
        return
    session.info["in_use_case"] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info["in_use_case"] = False


@event.listens_for(Engine, "connect")
def _tell_days_in_utc(connection: Any, _record: object) -> None:
    """Let the day of a moment be that of UTC, as the clock tells it, wherever the database stands."""
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def fingerprint(statement: TextClause, record_id: int) -> str:
    """Return a word that changes with whatever a quick statement says of a record, ``:id``; empty: no row."""
    row = db.session.execute(statement, {"id": record_id}).first()
    return "" if row is None else sha256("|".join(str(value) for value in row).encode()).hexdigest()[:16]


def among(column: Any, ids: Collection[int] | str) -> ColumnElement[bool]:
    """Return “column is one of ids” with one parameter, however many there are.

    :param ids: or the name of the parameter, for a question that is written once and asked with a list.
    """
    numbers = ARRAY(BigInteger)
    values = bindparam(ids, type_=numbers) if isinstance(ids, str) else literal(sorted(ids), numbers)
    return cast("ColumnElement[bool]", column == any_(values))
