"""The table of who looks at which theme now."""

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import Model, Moment


class ThemeLook(Model):
    """Somebody looks at a theme: short-lived, renewed while the page is open, gone soon after."""

    __tablename__ = "theme_looks"

    theme_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("themes.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("users.id"), primary_key=True)
    seen_at: Mapped[Moment] = mapped_column(index=True)
