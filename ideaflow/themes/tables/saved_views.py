"""The table of views that people saved."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Json, Model, Name, PrimaryKey
from ideaflow.users.models import User


class SavedView(Model):
    """An address of the list of themes with a name: filters and order. Spans in it roll on with time.

    :ivar address: name and value of each part of the address; “me” in it is whoever looks.
    """

    __tablename__ = "saved_views"
    __table_args__ = (
        CheckConstraint("name <> ''", name="name_not_empty"),
        UniqueConstraint("user_id", "name"),
    )

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    name: Mapped[Name]
    is_shared: Mapped[bool] = mapped_column(server_default="false", default=False)
    address: Mapped[Json] = mapped_column(JSONB, server_default="{}", default=dict)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]

    user: Mapped[User] = relationship(lazy="raise")
