"""Themes with real statements behind them, and a product manager."""

from collections.abc import Callable
from typing import Any

import pytest

from ideaflow.accounts.models import Account
from ideaflow.proposals.models import Arena
from ideaflow.themes.models import Theme, ThemeMembership


@pytest.fixture
def say(make) -> Callable[..., Any]:
    """Let an account say something that belongs to a theme."""

    def saying(
        theme: Theme, account: Account | None, text: str = "Counting locks the bay.", **values: Any
    ) -> Any:
        item = make.item(text=text, account_id=account.id if account else None, **values)
        statement = make.statement(item)
        make._add(ThemeMembership(statement_id=statement.id, theme_id=theme.id, strength=0.9, likeness=0.8))
        return statement

    return saying


@pytest.fixture
def make_theme(make, say) -> Callable[..., Theme]:
    """Make a theme that accounts ask for: ``make_theme("Live count", accounts=3)``."""

    def making(title: str = "Count while picking continues", accounts: int = 2, **values: Any) -> Theme:
        defaults = {
            "title": title,
            "account_count": accounts,
            "statement_count": accounts,
            "trend": "growing",
        }
        theme = make._add(Theme(**{**defaults, **values}))
        for _ in range(accounts):
            say(theme, make.account())
        return theme

    return making


@pytest.fixture
def manager(make):
    return make.user(name="Maren Holt", roles=["product_manager"])


@pytest.fixture
def by(manager):
    return manager.actor


@pytest.fixture
def make_arena(make) -> Callable[..., Arena]:
    """Name an arena: ``make_arena("Inventory truth", target_share=0.4)``."""

    def making(name: str = "Inventory truth", **values: Any) -> Arena:
        return make._add(Arena(name=name, **values))

    return making
