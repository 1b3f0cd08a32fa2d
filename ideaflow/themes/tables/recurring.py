"""What recurs in items of several accounts."""

from sqlalchemy import BigInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import Model, Moment


class RecurringPassage(Model):
    """A line that items of several accounts share: a form's label, an agent's macro. In no statement."""

    __tablename__ = "recurring_passages"

    key: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # Of its words.
    found_at: Mapped[Moment] = mapped_column(server_default=text("now()"))
