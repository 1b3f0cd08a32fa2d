"""What the pages say about themes, in words: state, trend, alarm, runs. No database, no clock."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from ideaflow.themes.models import Area, Theme, ThemeRun, ThemeState
from ideaflow.themes.telling.quoting import in_a_row
from ideaflow.themes.trends.terms import LEAST_ACCOUNTS, WINDOW_WEEKS, Trend
from ideaflow.wording import TREND_WORDS, chance, count, money, percent, plural, times

VIEWS = {
    "open": "All open",
    "triage": "Needs triage",
    "signals": "Signals",
    "mine": "Mine",
    "watching": "Watching",
    "proposed": "In a proposal",
    "renewals": "Renewals within 180 days",
    "dismissed": "Dismissed",
}
HEADS = (
    ("accounts", "Accounts"),
    ("revenue", "Revenue"),
    ("pipeline", "Pipeline"),
    ("signal", "Trend, 26 weeks"),
)
MONEY_HEADS = (
    ("customers", "Customers"),
    ("prospects", "Prospects"),
    ("revenue", "Revenue a year"),
    ("pipeline", "Open"),
    ("lost", "Lost"),
    ("renewals", "Renew ≤ 180 days"),
)
SORTS = (
    ("signal", "Signal, then revenue"),
    ("revenue", "Revenue"),
    ("accounts", "Accounts"),
    ("pipeline", "Open pipeline"),
    ("lost", "Lost pipeline"),
    ("customers", "Customers"),
    ("prospects", "Prospects"),
    ("renewals", "Renewals within 180 days"),
    ("size", "Most statements"),
    ("trend", "Fastest rise"),
    ("newest", "Heard last"),
    ("title", "By name"),
)
AREA_SORTS = (
    ("revenue", "Revenue"),
    ("accounts", "Accounts"),
    ("size", "Most statements"),
    ("title", "By name"),
)
TRENDS = {name: word.capitalize() for name, word in TREND_WORDS.items()}
ARTEFACTS = {
    "source": "new source", "form": "new form", "import": "late import", "more": "more of everything",
    "less": "less of everything", "silent": "a source is silent",
}  # fmt: skip


@dataclass(frozen=True)
class Mark:
    """The verdict on a trend: a word, a note, and whether it survived its test."""

    word: str
    note: str = ""
    is_signal: bool = False
    is_strong: bool = True


@dataclass(frozen=True)
class State:
    """A dot and a word."""

    word: str
    tone: str = ""


STATES = {
    ThemeState.NEW: State("Needs triage", "hollow"),
    ThemeState.WATCHING: State("Watching"),
    ThemeState.PROPOSED: State("In proposal", "accent"),
    ThemeState.DISMISSED: State("Dismissed"),
    ThemeState.MERGED: State("Merged"),
    ThemeState.RETIRED: State("Heard no more"),
}


@dataclass(frozen=True)
class InboxRow:
    """A theme as the list shows it."""

    theme: Theme
    mark: Mark
    state: State
    quote: str


@dataclass(frozen=True)
class RunWords:
    """What is to say about a run.

    :ivar share: how far it is, 0–1; None when nobody can know.
    :ivar run_id: the run under way.
    """

    words: str = ""
    share: float | None = None
    is_under_way: bool = False
    is_just_done: bool = False
    run_id: int = 0
    failure: str = ""


def number_of(number: int, noun: str) -> str:
    """Put a number before its noun: 2 themes."""
    return plural(number, noun)


def state_of(theme: Theme) -> State:
    """Return where a theme stands, in the words of people."""
    return STATES[ThemeState(theme.state)]


def state_word(state: ThemeState) -> str:
    """Return where a theme stands, as one word or two."""
    return STATES[state].word


def mark_of(theme: Theme) -> Mark:
    """Return the verdict on a theme's trend; only a supported rise that nobody dismissed is a signal."""
    detail, q, trend = theme.trend_detail, chance(theme.trend_q), Trend(theme.trend)
    ratio = times(theme.trend_ratio) if theme.trend_ratio else f"over {times(theme.trend_low)}"
    if theme.is_quiet:
        return Mark(f"dismissed at {times(theme.quieted_ratio)}", f"{ratio} usual now", is_strong=False)
    match trend:
        case Trend.GROWING:
            return Mark(f"{ratio} usual", q, is_signal=True)
        case Trend.BURSTING:
            return Mark(f"burst, {ratio} usual", q, is_signal=True)
        case Trend.STEP_CHANGE:
            since = plural(int(detail.get("change_week", 0)) + 1, "week")
            return Mark(f"{ratio} for {since}", q, is_signal=True)
        case Trend.NEW:
            weeks = plural(max(1, int(detail.get("born_weeks_ago", 0)) + 1), "week")
            return Mark(f"new, {weeks}", plural(theme.account_count, "account"), is_signal=True)
        case Trend.FADING:
            return Mark(f"fading, {times(theme.trend_ratio)}", q)
        case Trend.SEASONAL:
            return Mark("seasonal", f"{ratio} usual")
        case Trend.ARTEFACT:
            return Mark("artefact", ARTEFACTS.get(detail.get("instrument", {}).get("kind", ""), ""))
        case Trend.ONE_CUSTOMER:
            without = detail.get("without_ratio")
            return Mark("one customer only", f"{times(without)} without it" if without is not None else "")
        case Trend.TOO_FEW:
            few = theme.account_count < LEAST_ACCOUNTS
            recent = f"{count(int(detail.get('count', 0)))} in {WINDOW_WEEKS} weeks"
            return Mark("too few to say", plural(theme.account_count, "account") if few else recent)
    return Mark("as usual", is_strong=False)


def split_off(statement_count: int, source: Theme) -> str:
    """Say what a split made, and with which half a proposal stays."""
    words = f"A theme of its own: {plural(statement_count, 'statement')} split off from “{source.title}”."
    if source.state == ThemeState.PROPOSED:
        words += f" The proposal stays with “{source.title}”."
    return words


def inbox_row(theme: Theme) -> InboxRow:
    """Return a theme with its verdict and state in words, and as much of its quote as a row holds."""
    return InboxRow(theme, mark_of(theme), state_of(theme), in_a_row(theme.quote, theme.title))


def nothing(view: str, is_narrowed: bool) -> tuple[str, str]:
    """Say why a list is empty, and what to do."""
    if is_narrowed:
        return "No theme fits.", "Clear the filters, or search for another word."
    return {
        "triage": ("Every theme is triaged.", "New ones stand here as soon as customers say them."),
        "signals": ("Nothing rises beyond chance.", "A theme comes here when its rise survives its test."),
        "mine": ("You own no theme.", "Open one and put your name on it."),
        "watching": ("You follow no theme.", "Follow what you do not want to act on yet."),
        "proposed": ("No theme is in a proposal.", "Tick themes and promote them."),
        "renewals": ("No account that asks renews within 180 days.", ""),
        "dismissed": ("Nothing is dismissed.", ""),
    }.get(view, ("No open theme.", "Everything is dismissed or heard no more."))


REREADING = "Reading again"


def run_words(current: ThemeRun | None, failed: ThemeRun | None) -> RunWords:
    """Say how the run goes on that waits or runs now, or why the last one stopped."""
    if current is not None:
        step = current.step or "Waiting for its turn"
        if not current.total_count:
            return RunWords(f"Looking for themes: {step}", is_under_way=True, run_id=current.id)
        share = min(current.done_count / current.total_count, 1.0)
        if step.startswith(REREADING):
            words = f"{step}: {share:.0%}. The themes stay as they are until all is read."
            return RunWords(words, share, is_under_way=True, run_id=current.id)
        words = f"Looking for themes: {step}, {current.done_count:,} of {current.total_count:,}"
        return RunWords(words, share, is_under_way=True, run_id=current.id)
    if failed is not None:
        reason = failed.error.rstrip(".") or "it gave no reason"
        return RunWords(failure=f"Run {failed.id} failed: {reason}. The themes are those of the run before.")
    return RunWords()


def run_done(run: ThemeRun | None) -> RunWords:
    """Say what the run that just ended has found."""
    if run is None:
        return RunWords()
    found = f"{plural(run.theme_count, 'theme')} in {plural(run.statement_count, 'statement')}"
    kept = (
        "" if run.kept_share is None else f", {percent(run.kept_share)} of what was in a theme stayed there"
    )
    return RunWords(f"Run {run.id} found {found}{kept}.", is_just_done=True)


def run_stopped(run: ThemeRun) -> RunWords:
    """Say that somebody stopped the run, and what holds."""
    return RunWords(f"Run {run.id} ended early: {run.error} The themes are those of the run before.")


def night_words(at: datetime | None, today: date, statements: int, decisions: int) -> str:
    """Say when everything is looked at anew by itself, and what is new since the last run."""
    if at is None:
        return ""
    when = f"{'today' if at.date() == today else 'tomorrow'} at {at:%H:%M} UTC"
    counted = ((statements, "statement"), (decisions, "decision"))
    news = [plural(number, noun) for number, noun in counted if number]
    if not news:
        return f"Nothing came since the last run. If something does, the next one begins {when}."
    return f"The next run begins {when}: {' and '.join(news)} came since the last one."


def figures_of(theme: Theme, currency: str) -> list[tuple[str, str, str]]:
    """Return the band of figures of a theme: label, value, note."""

    def written(amount: Decimal) -> str:
        return money(float(amount), currency)

    kinds = ((theme.customer_count, "customer"), (theme.prospect_count, "prospect"))
    foreign = theme.other_currency_count
    figures = [
        ("Accounts", count(theme.account_count), ", ".join(plural(*kind) for kind in kinds if kind[0])),
        (
            "Revenue a year",
            written(theme.revenue_amount),
            f"without {plural(foreign, 'account')} in other currencies" if foreign else "",
        ),
        ("Pipeline open", written(theme.open_amount), _many(theme.open_count)),
        ("Pipeline lost", written(theme.lost_amount), _many(theme.lost_count)),
    ]
    if theme.renewal_count:
        figures.append(("Renewals ≤ 180 days", count(theme.renewal_count), written(theme.renewal_amount)))
    return figures


def area_figures(area: Area) -> list[tuple[str, str, str]]:
    """Return the band of figures of an area: label, value, note. Each account counts once."""
    foreign = area.other_currency_count
    note = f"without {plural(foreign, 'account')} in other currencies" if foreign else ""
    return [
        ("Themes", count(area.theme_count), ""),
        ("Accounts", count(area.account_count), "each once"),
        ("Revenue a year", money(float(area.revenue_amount)), note),
        ("Pipeline open", money(float(area.open_amount)), ""),
        ("Statements", count(area.statement_count), ""),
    ]


def _many(number: int) -> str:
    return plural(number, "opportunity") if number else ""
