"""Themes for the tests of pages, written straight into their tables: believable figures, no engine."""

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy.orm import Session

from ideaflow.themes.models import (
    EventKind,
    RunState,
    StatementPlace,
    StatementVector,
    Theme,
    ThemeEvent,
    ThemeMembership,
    ThemeRun,
)
from ideaflow.themes.trends.terms import RISES, SIGNAL_RANKS, SIGNALS, Trend
from tests.factories import Factory

SPOKEN_AT = datetime(2026, 11, 18, 9, tzinfo=UTC)
TITLES = (
    "Handheld loses Wi-Fi mid-pick", "Haulier books own time slot", "Split one order across docks",
    "Label printer queue stalls", "Returns without delivery note", "Count while picking continues",
    "Customer sees stock himself", "Wave planning by cut-off", "Replenishment comes too late",
    "Pick list by weight", "Batch and expiry on one scan", "Forklift and picker conflicts",
    "API limit on order import", "Invoice storage by day", "Christmas extra users",
    "Temperature log per pallet", "Undo a wrong booking", "Two units of measure", "Login slow on Monday",
    "Dark screen on night shift",
)  # fmt: skip
WORDS = (
    "In aisle 14 the scanner drops and the pick list is gone.",
    "The list has to stay on the device when the network does not. We lost forty minutes on Tuesday.",
    "Between the freezer doors there is no signal. They walk back out to book one carton.",
    "We chose the other vendor because theirs keeps working in the dead corners.",
    "It forgets what I already picked and wants it all again.",
    "Battery and signal both die in the mezzanine, so we print paper as a backup.",
    "Let the driver pick the slot, we are on the phone all morning.",
    "One label jams and forty wait without telling anyone.",
)
NAMES = (
    "Brinkmann Logistik", "Nordhavn Cold Storage", "Vantaa Freight", "Corvo Alimentos", "Halden & Söhne",
    "Priory Fulfilment", "Osterkamp Pharma", "Atelier Gauthier", "Lumen Retail", "Castellan Foods",
    "Meridian Parts", "Oakline Grocery", "Fjordfisk", "Zephyr Apparel",
)  # fmt: skip
LATEST = {
    Trend.GROWING: (4.06, 1.66, 9.05, 0.02),
    Trend.NEW: (0.0, None, None, None),
    Trend.BURSTING: (4.06, 1.66, 9.05, 0.02),
    Trend.STEP_CHANGE: (4.06, 1.66, 9.05, 0.02),
    Trend.SEASONAL: (2.3, 1.2, 4.1, 0.2),
    Trend.ARTEFACT: (2.9, 1.5, 5.2, 0.2),
    Trend.FADING: (0.4, 0.2, 0.8, 0.03),
    Trend.ONE_CUSTOMER: (4.06, 1.66, 9.05, 0.02),
    Trend.TOO_FEW: (0.0, None, None, None),
    Trend.AS_USUAL: (1.1, 0.5, 2.1, 0.7),
}


class Seed:
    """Makes accounts once, and themes whose statements those accounts made."""

    def __init__(self, session: Session) -> None:
        self.session, self.make, self.chance = session, Factory(session), random.Random(7)
        places = ("3PL, DACH", "Food, Nordics", "Retail, UK", "Pharma, DACH")
        self.accounts = []
        for number, name in enumerate(NAMES):
            segment, region = places[number % 4].split(", ")
            renewal = (SPOKEN_AT + timedelta(days=20 + 30 * number)).date()
            account = self.make.account(
                name=name, name_key=f"{name.lower()} {id(session)}", segment=segment, region=region,
                revenue_amount=1_240_000 - 80_000 * number, renews_on=renewal if number % 3 == 0 else None,
                kind="prospect" if number == 8 else "customer",
            )  # fmt: skip
            self.make.opportunity(account_id=account.id, amount=320_000 - 20_000 * number)
            self.accounts.append(account)
        self.run = ThemeRun(
            state=RunState.DONE, seed=7, model="all-MiniLM-L6-v2", statement_count=41, theme_count=20,
            kept_share=0.94, started_at=SPOKEN_AT, finished_at=SPOKEN_AT, done_count=1, total_count=1,
        )  # fmt: skip
        session.add(self.run)
        session.commit()

    def theme(
        self, title: str = "", *, statements: int = 3, trend: Trend = Trend.AS_USUAL, **values: Any
    ) -> Theme:
        """Make a theme with statements of different accounts."""
        ratio, low, high, q = LATEST[trend]
        spread = min(statements, len(self.accounts))
        vector = self._vector()
        theme = Theme(**{
            "title": title or self.chance.choice(TITLES), "quote": self.chance.choice(WORDS), "state": "new",
            "statement_count": statements, "account_count": spread, "customer_count": spread,
            "revenue_amount": sum(one.revenue_amount for one in self.accounts[:spread]),
            "open_amount": 210_000 * spread, "open_count": spread, "lost_amount": 40_000 * (spread // 2),
            "lost_count": spread // 2, "renewal_count": 2, "renewal_amount": 900_000, "cohesion": 0.71,
            "stability": 0.97, "centroid": vector, "map_x": self.chance.uniform(0.08, 0.92),
            "map_y": self.chance.uniform(0.08, 0.92), "born_run_id": self.run.id, "trend": trend,
            "trend_ratio": ratio, "trend_low": low, "trend_high": high, "trend_q": q,
            "signal_rank": SIGNAL_RANKS.get(trend, 0),
            "trend_detail": _detail(trend), "weekly": self._weeks(trend),
            "first_said_at": SPOKEN_AT - timedelta(days=400), "last_said_at": SPOKEN_AT, **values,
        })  # fmt: skip
        self.session.add(theme)
        self.session.flush()
        for number in range(statements):
            self._statement(theme, number, vector)
        born = ThemeEvent(kind=EventKind.BORN, theme_id=theme.id, run_id=self.run.id, added_count=4)
        born.happened_at = SPOKEN_AT - timedelta(days=160)
        self.session.add(born)
        self.session.commit()
        return theme

    def themes(self, number: int) -> list[Theme]:
        """Make many themes of every kind, with one statement each but for the first three."""
        kinds, states = list(Trend), ("new", "proposed", "watching")
        return [
            self.theme(
                TITLES[place % len(TITLES)]
                + (f" {place // len(TITLES) + 1}" if place >= len(TITLES) else ""),
                statements=41 - 9 * place if place < 3 else 1,
                trend=Trend.GROWING if place in (0, 2) else kinds[place % len(kinds)],
                state=states[0 if place < 1 else place % 3],
                revenue_amount=7_000_000 - 30_000 * place,
            )
            for place in range(number)
        ]

    def _statement(self, theme: Theme, number: int, centre: Any) -> None:
        account = self.accounts[number % len(self.accounts)]
        said = WORDS[number % len(WORDS)]
        text = f"Hello, Anke here. {said} Can you help?" if number % 3 == 0 else said
        item = self.make.item(
            text=text, account_id=account.id, said_at=SPOKEN_AT - timedelta(days=9 * number),
            speaker_name="Anke Brinkmann",
        )  # fmt: skip
        begins = text.index(said)
        statement = self.make.statement(item, text=said, begins_at=begins, ends_at=begins + len(said))
        near = centre + 0.02 * self._vector()
        near /= np.linalg.norm(near)
        x, y = (
            max(0.01, min(0.99, place + self.chance.gauss(0, 0.02))) for place in (theme.map_x, theme.map_y)
        )
        self.session.add(StatementVector(statement_id=statement.id, mean=near, mean4=near, model="test"))
        self.session.add(StatementPlace(statement_id=statement.id, x=x, y=y))
        self.session.add(
            ThemeMembership(
                statement_id=statement.id, theme_id=theme.id, strength=max(0.3, 0.94 - 0.03 * number),
                likeness=max(0.2, 0.9 - 0.02 * number), placed_by="engine",
            )
        )  # fmt: skip

    def _vector(self) -> Any:
        vector = np.array([self.chance.gauss(0, 1) for _ in range(384)], np.float32)
        return vector / np.linalg.norm(vector)

    def _weeks(self, trend: Trend) -> list[int]:
        weeks = [self.chance.choice((0, 0, 0, 1, 1, 2)) for _ in range(22)]
        return weeks + ([2, 3, 3, 4] if trend in SIGNALS else [1, 0, 1, 0])


def _detail(trend: Trend) -> dict[str, Any]:
    rising = trend in (*RISES, Trend.ONE_CUSTOMER, Trend.ARTEFACT, Trend.SEASONAL)
    quiet = [random.Random(place).choice((0, 0, 1, 0, 1, 2)) for place in range(48)]
    detail = {
        "window_weeks": 4, "count": 9 if rising else 2, "account_count": 8 if rising else 2, "expected": 2.26,
        "base_count": 24, "exposure": 480, "base_exposure": 5200, "p_up": 0.00079, "p_down": 0.99,
        "exact_up": 0.00079, "exact_down": 0.99, "q_up": 0.02, "q_down": 1.0,
        "score_low": 1.92, "score_high": 8.59, "score_p": 0.0001,
        "tested_count": 30, "born_weeks_ago": 5, "all_account_count": 24, "effective_accounts": 7.2,
        "top_account_name": "Brinkmann Logistik", "top_share": 0.2, "kin": 0.4, "listened_weeks": 130,
        "without_count": 2, "without_ratio": 0.9 if trend is Trend.ONE_CUSTOMER else 3.29,
        "without_low": 1.19, "without_high": 7.92, "without_p": 0.003, "ebgm": 3.1, "eb05": 1.7,
        "nb_expected": 2.26, "nb_dispersion": 0.06, "weekly_dispersion": 0.1, "level": [-5.36],
        "has_season": False, "reference_on": SPOKEN_AT.date().isoformat(), "spread": [0.02, 0.0004],
        "weeks": [*quiet, *((2, 2, 2, 3) if rising else (1, 0, 1, 0))], "active": [120] * 52,
    }  # fmt: skip
    if trend in RISES:
        detail |= {
            "rose_before": trend is Trend.GROWING, "before_ratio": 1.4, "before_p": 0.1, "change_week": 5,
            "change_chance": 0.97, "change_low_week": 3, "change_high_week": 8, "rate_before": 0.9,
            "rate_after": 3.9, "is_step": trend is Trend.STEP_CHANGE, "burst_level": 1,
            "bursts": [[1, 3, 0]], "is_over_bound": True,
        }  # fmt: skip
    if trend is Trend.SEASONAL:
        detail |= {"has_season": True, "season_ratio": 2.1, "season_p": 0.004}
    if trend is Trend.ARTEFACT:
        detail["instrument"] = {
            "kind": "form", "source": "hubspot", "part": "call_note", "day": "", "count": 7, "left_count": 2,
            "expected": 2.1, "ratio": 0.95, "low": 0.2, "high": 3.4, "p_up": 0.5, "p_down": 0.5,
        }  # fmt: skip
    return detail
