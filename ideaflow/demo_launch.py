"""What the demo company sells next: two launches on their way to be ready, and one that is on sale."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from ideaflow import demo_sold
from ideaflow.audit import SYSTEM, Actor
from ideaflow.clock import now, stopped, today
from ideaflow.db import db, transaction
from ideaflow.errors import IdeaflowError
from ideaflow.launch import queries, service
from ideaflow.launch.models import Launch, ReadinessCheck
from ideaflow.launch.plans import CellWish, LaunchPlan
from ideaflow.launch.preparing import Proof
from ideaflow.market import imports
from ideaflow.market.facts import TrainingData
from ideaflow.market.hooks import Said
from ideaflow.proposals.models import Proposal
from ideaflow.users.models import User

SECOND = "Tom Wrona"  # Who looks at evidence that others add.
FILES = "https://files.fernhall.example/launch"
Story = Mapping[str, Any]


def tell(folder: Path, users: Mapping[str, User]) -> int:
    """Do what ``launch.json`` says; return how many launches are there.

    :param users: by name.
    """
    if db.session.scalar(select(func.count()).select_from(Launch)):
        return 0
    story = json.loads((folder / "launch.json").read_text(encoding="utf-8"))
    people = {name: user.actor for name, user in users.items()}
    with transaction():  # All of it or nothing, so that a demo that was cut off is whole the next time.
        service.ship()
        for part in story["launches"]:
            _teach(part.get("agents", ()), f"{part['name']} support", part.get("taught_days_ago", 0))
            _teach(part.get("sellers", ()), part["name"], part.get("taught_days_ago", 0))
        made = [(_open(part, users), part) for part in story["launches"]]
        for launch, part in made:
            if launch is not None:
                _prepare(launch, part, people)
                if "sold" in part:
                    demo_sold.tell(launch, part["sold"], users)
    return len(made)


def _teach(names: Sequence[str], course: str, days_ago: int) -> None:
    """Let people have passed a course."""
    day = today() - timedelta(days=days_ago)
    passed = [TrainingData(f"{course}/{name}", _email(name), name, course, day) for name in names]
    imports.take(db.session(), "demo", passed, Said(SYSTEM, "the demo’s files", now()))


def _open(part: Story, users: Mapping[str, User]) -> Launch | None:
    proposal = db.session.scalar(select(Proposal).where(Proposal.title == part["proposal"]))
    if proposal is None:
        return None
    channels, regions = queries.places()
    by = users[part["by"]]
    cells = [
        CellWish(channel.id, region.id, users["Yuki Aldana"].id, Decimal(amount), "EUR",
                 f"{channel.name}, {region.name}")
        for channel in channels if channel.name in part["cells"]
        for region, amount in zip(regions, part["cells"][channel.name], strict=False)
    ]  # fmt: skip
    plan = LaunchPlan(
        None, part["name"], part["kind"], part["code"], today() + timedelta(days=part["in_days"]), by.id,
        "EUR", [proposal.id], part["points"], cells,
        {name: users[who].id for name, who in part["carriers"].items()},
    )  # fmt: skip
    with stopped(now() - timedelta(days=part["planned_days_ago"])):
        try:
            launch = service.open_launch(plan, by=by.actor)
        except IdeaflowError:
            return None  # The proposal has not come so far in this copy of the story.
    launch.say, launch.never_say, launch.price_unit = part["say"], part["never_say"], part["unit"]
    launch.price_from, launch.price_to = (Decimal(amount) for amount in part["price_band"])
    return launch


def _prepare(launch: Launch, part: Story, people: Mapping[str, Actor]) -> None:
    """Show what is shown by files, each so many days after it was due; the last few wait."""
    query = select(ReadinessCheck).where(ReadinessCheck.launch_id == launch.id)
    checks = {one.key: one for one in db.session.scalars(query)}
    by, moment = people[part["by"]], now()
    for key in part["nobody"]:
        service.assign(checks[key].id, None, checks[key].version, by=by)
    cells = {f"{one.channel.name}/{one.region.name}": one.id for one in queries.cells_of(launch.id)}
    shown: list[tuple[str, int, int | None]] = [
        (key, (today() - checks[key].due_on).days - slip, None) for key, slip in part["slips"].items()
    ]
    for key, wanted in part["some"].items():
        shown += [
            (key, part["some_days_ago"], cell_id)
            for name, cell_id in cells.items()
            if name in wanted or name.split("/")[0] in wanted
        ]
    for key, days_ago, cell_id in sorted(shown, key=lambda one: -one[1]):
        with stopped(moment - timedelta(days=max(days_ago, 0), hours=2)):
            proof = Proof(cell_id, url=f"{FILES}/{launch.id}/{key}.pdf", note=checks[key].rule["words"])
            service.confirm(service.add_evidence(checks[key].id, proof, by=by).id, by=people[SECOND])
    for key, note in part["waits"].items():
        proof = Proof(url=f"{FILES}/{launch.id}/{key}.pdf", note=note)
        service.add_evidence(checks[key].id, proof, by=by)
    for key, (days, why) in part["forecasts"].items():
        service.forecast(checks[key].id, today() + timedelta(days=days), why, checks[key].version, by=by)


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@fernhall.example"
