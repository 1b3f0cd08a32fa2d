"""The one table of the frame: who said that a frame may read in their name."""

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, Model, Moment, Name, PrimaryKey


class FrameConnection(Model):
    """A yes that a frame comes for, once and within minutes: of code and secret only the hashes are kept."""

    __tablename__ = "frame_connections"

    id: Mapped[PrimaryKey]
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64), unique=True)  # A code connects once.
    secret_hash: Mapped[str] = mapped_column(String(64), index=True)
    site: Mapped[Name]
    expires_at: Mapped[Moment]
    used_at: Mapped[Moment | None] = mapped_column(default=None)
    created_at: Mapped[CreatedAt]
