"""Formulas an administrator wrote, and what people estimated for the inputs of scores."""

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from ideaflow.db import CreatedAt, JsonList, Model, Moment, PrimaryKey
from ideaflow.proposals.scores.methods import Method, input_of


class ScoreFormula(Model):
    """A way to score, as data: a formula over facts and over inputs of its own."""

    __tablename__ = "score_formulas"
    __table_args__ = (CheckConstraint("name <> '' AND formula <> ''", name="says_something"),)

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(String(120), unique=True)
    purpose: Mapped[str] = mapped_column(server_default="", default="")
    formula: Mapped[str] = mapped_column(String(500))
    inputs: Mapped[JsonList]  # key, label, least, most each.
    closed_at: Mapped[Moment | None] = mapped_column(default=None)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    created_at: Mapped[CreatedAt]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def method(self) -> Method:
        asks = tuple(input_of(one) for one in self.inputs)
        return Method(f"formula-{self.id}", self.name, self.purpose, self.formula, asks)


class Estimate(Model):
    """What a proposal's people take an input of a score to be: most likely, and from where to where."""

    __tablename__ = "estimates"
    __table_args__ = (CheckConstraint("low <= likely AND likely <= high", name="in_order"),)

    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    low: Mapped[float]
    likely: Mapped[float]
    high: Mapped[float]
