"""What the clock does with launches: measure all that are live, so that nothing green outlives its proof."""

from sqlalchemy import select

from ideaflow.db import db, transaction
from ideaflow.launch import service
from ideaflow.launch.measuring import measure
from ideaflow.launch.models import LIVE, Launch
from ideaflow.queue import every

__all__ = ["measure_all", "service"]  # The service brings the readers of measures along.


@every("1 * * * *", "launch.measure")
def measure_all() -> int:
    """Measure every live launch, each in its own transaction; return how many cells turned."""
    turned = 0
    query = select(Launch.id).where(Launch.state.in_(LIVE)).order_by(Launch.id)
    for launch_id in db.session.scalars(query).all():
        with transaction() as session:
            turned += len(measure(session, [launch_id]))
    return turned
