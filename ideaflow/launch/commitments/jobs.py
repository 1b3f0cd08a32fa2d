"""Jobs of commitments: forecasts and warnings, a few minutes after each hour."""

from ideaflow.launch.commitments import watching
from ideaflow.queue import every


@every("17 * * * *", "commitments.watch")
def watch() -> None:
    """Forecast what is promised, and warn of what turned or is overdue."""
    watching.watch()
