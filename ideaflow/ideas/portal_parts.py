"""What the portal's pages about ideas show: for one contact, in a constant number of questions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Response, current_app, make_response, request

from ideaflow import parts
from ideaflow.ideas import likeness, queries, telling
from ideaflow.ideas.models import Comment, Idea, Picture
from ideaflow.ideas.policy import LEAST_ACCOUNTS, Importance
from ideaflow.ideas.queries import Filters
from ideaflow.ideas.telling import Kinds, Speaker
from ideaflow.paging import Page
from ideaflow.parts import Part
from ideaflow.portal.queries import Visitor

ASIDE = 3


@dataclass(frozen=True)
class Row:
    """An idea as one line of a list."""

    idea: Idea
    by: Speaker
    status: str
    icon: str
    tone: str
    mine: Importance | None
    mine_word: str

    @property
    def importance(self) -> str:
        return self.mine or Importance.IMPORTANT


def rows(who: Visitor, ideas: Sequence[Idea], *, with_people: bool = True) -> list[Row]:
    """Return ideas as lines, each with what it is to this contact."""
    mine = queries.my_supports(who, [idea.id for idea in ideas]) if ideas else {}
    kinds = queries.accounts_by_kind() if with_people and ideas else {}
    words = telling.importances()
    return [
        Row(
            idea, _by(who, idea, kinds) if with_people else Speaker(""), *telling.status_of(idea),
            mine.get(idea.id), words[mine[idea.id]] if idea.id in mine else "",
        )
        for idea in ideas
    ]  # fmt: skip


def for_list(who: Visitor, page: Page[Idea], filters: Filters) -> dict[str, Any]:
    """Return what the list shows."""
    return {
        "page": page,
        "rows": rows(who, page.rows),
        "filters": filters,
        "categories": telling.categories(queries.categories(who)),
        "statuses": telling.statuses(),
    }


def for_form(who: Visitor, typed: dict[str, str], similar: Sequence[Idea]) -> dict[str, Any]:
    """Return what the form for a new idea shows."""
    return {
        "typed": typed,
        "categories": telling.categories(queries.categories(who)),
        "importances": telling.importances(),
        "mask": telling.mask_of(who, queries.accounts_by_kind()),
        "similar": rows(who, similar, with_people=False),
        "look": None,
        "tries": 0,
    }


def for_similar(who: Visitor, similar: Sequence[Idea]) -> dict[str, Any]:
    """Return the ideas like what is being typed."""
    return {"similar": rows(who, similar, with_people=False)}


def for_support(who: Visitor, idea: Idea) -> dict[str, Any]:
    """Return what a support changes: the line of the idea, or its box."""
    return {"row": rows(who, [idea])[0], **_stand(who, idea)}


def for_idea(who: Visitor, idea: Idea, page: Page[Comment]) -> dict[str, Any]:
    """Return what the page of an idea shows."""
    kinds = queries.accounts_by_kind()
    grouped = queries.grouped_with(idea)
    close = likeness.close_to(who, idea)
    return {
        **_stand(who, idea),
        "by": _by(who, idea, kinds),
        "stands": telling.status_of(idea),
        "pictures": queries.pictures_of(idea),
        "page": page,
        "comments": telling.speakers(who, page.rows, kinds, _company()),
        "steps": telling.steps(idea, grouped if grouped >= LEAST_ACCOUNTS else 0),
        "close": rows(who, close, with_people=False),
        "merged": [(one, _by(who, one, kinds)) for one in queries.merged_here(who, idea)],
        "mask": telling.mask_of(who, kinds),
    }


def served(picture: Picture) -> Response:
    """Serve a picture: as the one type we write, for this reader alone, and nothing in it can run."""
    response = make_response(picture.content)
    response.headers["Content-Type"] = picture.content_type
    response.headers["Content-Disposition"] = f'inline; filename="picture-{picture.id}.webp"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    # Asked for again each time, in case it may not be seen any more; sent again only when it is new.
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(f"picture-{picture.id}")
    response.make_conditional(request)
    return response


def _stand(who: Visitor, idea: Idea) -> dict[str, Any]:
    mine = queries.my_supports(who, [idea.id]).get(idea.id)
    total = max(idea.account_count, 1)
    shares = [idea.must_count, idea.important_count, idea.nice_count]
    starts = [sum(shares[:place]) for place in range(3)]
    return {
        "idea": idea,
        "mine": mine,
        "importances": telling.importances(),
        "counted": telling.counted(idea),
        "bar_words": telling.bar(idea),
        "bar": [
            (100 * start / total, 100 * count / total) for start, count in zip(starts, shares, strict=True)
        ],
        "proxies": telling.proxies(idea, _company()),
    }


def _by(who: Visitor, idea: Idea, kinds: Kinds) -> Speaker:
    return telling.speaker(who, idea.contact, idea.account, idea.is_anonymous, kinds)


def _company() -> str:
    return current_app.extensions["settings"].company or ""


def _tell_us(who: Visitor) -> Part:
    return Part("ideas/portal/_tell_us.html", {})


def _others(who: Visitor) -> Part | None:
    found = rows(who, queries.best(who, ASIDE), with_people=False)
    return Part("ideas/portal/_others.html", {"rows": found}) if found else None


parts.add("portal.aside", _tell_us)
parts.add("portal.aside", _others)
