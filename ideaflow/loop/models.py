"""Tables of the way back: what customers read of decisions, what they are told, whether it helped them."""

from enum import StrEnum

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ideaflow.db import CreatedAt, Day, Json, JsonList, Model, Moment, Name, Names, PrimaryKey
from ideaflow.gates.models import GateReview  # noqa: F401 — its table is named below.
from ideaflow.ideas.models import Idea
from ideaflow.launch.models import Launch  # noqa: F401
from ideaflow.loop.pace import Wishes
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User


class Answer(StrEnum):
    """What a contact says to “did it solve it?”."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class DecisionWords(Model):
    """What customers read of a decision, or of a launch.

    Until there is a row of a decision, they read the words of its notice, if any.
    """

    __tablename__ = "decision_words"
    __table_args__ = (
        CheckConstraint("words <> ''", name="words_not_empty"),
        CheckConstraint("num_nonnulls(review_id, launch_id) = 1", name="of_one_outcome"),
    )

    id: Mapped[PrimaryKey]
    review_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("gate_reviews.id"), unique=True)
    launch_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("launches.id"), unique=True)
    words: Mapped[str]
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    written_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))
    written_at: Mapped[Moment]

    written_by: Mapped[User | None] = relationship(lazy="raise")


class Confirmation(Model):
    """Whether what was built solved it, as one contact says; said again, the last word counts."""

    __tablename__ = "confirmations"
    __table_args__ = (
        UniqueConstraint("contact_id", "proposal_id"),
        CheckConstraint("answer IN ('yes', 'partly', 'no')", name="answer_is_known"),
    )

    id: Mapped[PrimaryKey]
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"))
    proposal_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    item_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("feedback_items.id"))
    answer: Mapped[str] = mapped_column(String(10))
    words: Mapped[str] = mapped_column(server_default="", default="")
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    answered_at: Mapped[Moment]


class ContactNotice(Model):
    """Something a contact is told: in the portal at once, by mail when they wish. Of one thing once."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("contact_id", "event", "about"),
        Index("ix_notices_contact_id_id", "contact_id", "id"),
        Index("ix_notices_about", "about"),
        Index("ix_notices_waiting", "mail_at", postgresql_where=text("mailed_at IS NULL")),
    )

    id: Mapped[PrimaryKey]
    contact_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("contacts.id"))
    event: Mapped[str] = mapped_column(String(20))
    about: Mapped[str] = mapped_column(String(80))  # What it is about: “review:12”.
    values: Mapped[Json]  # What its sentence is made of; said in the language of who reads.
    path: Mapped[str] = mapped_column(String(300))  # The page of the portal that it leads to.
    happened_at: Mapped[Moment]
    seen_at: Mapped[Moment | None]
    mail_at: Mapped[Moment | None]  # When a mail is due; none: they want none.
    mailed_at: Mapped[Moment | None]  # When the mail was written into the outbox.
    told_by_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("users.id"))


class NoticeWishes(Model):
    """What a contact wants by mail, and when not. Without a row the defaults hold."""

    __tablename__ = "notice_wishes"
    __table_args__ = (
        CheckConstraint(
            "quiet_from BETWEEN 0 AND 23 AND quiet_until BETWEEN 0 AND 23", name="hours_of_a_day"
        ),
    )

    contact_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("contacts.id"), primary_key=True, autoincrement=False
    )
    time_zone: Mapped[str] = mapped_column(String(60))
    quiet_from: Mapped[int]
    quiet_until: Mapped[int]
    choices: Mapped[Json] = mapped_column(server_default=text("'{}'::jsonb"), default=dict)
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    @property
    def wishes(self) -> Wishes:
        return Wishes(self.time_zone, self.quiet_from, self.quiet_until, self.choices)


class Roadmap(Model):
    """What stands around the roadmap: its columns in their order, and whether customers see it. One row."""

    __tablename__ = "roadmaps"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    columns: Mapped[JsonList]  # Each with key, name and is_hidden.
    is_hidden: Mapped[bool] = mapped_column(server_default="false", default=False)
    version: Mapped[int] = mapped_column(server_default="1", default=1)


class RoadmapEntry(Model):
    """Something on the roadmap, in words for customers; what it stands for inside, they do not see."""

    __tablename__ = "roadmap_entries"
    __table_args__ = (CheckConstraint("title <> ''", name="title_not_empty"),)

    id: Mapped[PrimaryKey]
    column_key: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    title: Mapped[Name]
    words: Mapped[str] = mapped_column(server_default="", default="")
    planned_on: Mapped[Day | None]
    proposal_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("proposals.id"), index=True)
    idea_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("ideas.id"), index=True)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    removed_at: Mapped[Moment | None]

    proposal: Mapped[Proposal | None] = relationship(lazy="raise")
    idea: Mapped[Idea | None] = relationship(lazy="raise")


class Announcement(Model):
    """News for customers, in safe Markdown; without segments for all."""

    __tablename__ = "announcements"
    __table_args__ = (
        CheckConstraint("title <> ''", name="title_not_empty"),
        Index("ix_announcements_published_at", "published_at", "id"),
    )

    id: Mapped[PrimaryKey]
    title: Mapped[Name]
    words: Mapped[str]
    segments: Mapped[Names] = mapped_column(server_default="{}", default=list)
    proposal_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    idea_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default="{}", default=list)
    written_by_name: Mapped[Name]
    created_at: Mapped[CreatedAt]
    published_at: Mapped[Moment | None]
    withdrawn_at: Mapped[Moment | None]
    version: Mapped[int] = mapped_column(server_default="1", default=1)

    @property
    def is_public(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None
