"""How and where the demo company sells: channels, regions, and the files that say what each cell has."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from sqlalchemy import func, select

from ideaflow.audit import SYSTEM
from ideaflow.clock import now, stopped
from ideaflow.db import db
from ideaflow.errors import Unavailable
from ideaflow.intake import queries as intake_queries
from ideaflow.intake import service as intake
from ideaflow.intake.models import Import
from ideaflow.intake.preparing import Incoming, hash_of, prepare
from ideaflow.market import pricing, service
from ideaflow.market.models import Channel, PriceBook, PriceEntry, Region
from ideaflow.users.models import User

FILES = (
    "salesforce-pricebooks.csv", "salesforce-pricebook-entries.csv", "sellers.csv", "training.csv",
    "partners.csv", "partner-certificates.csv", "eurofxref.csv",
)  # fmt: skip


def tell(folder: Path, users: Mapping[str, User]) -> int:
    """Set up what ``market/`` says; return how many records came in.

    :param users: by name.
    """
    folder /= "market"
    story = json.loads((folder / "market.json").read_text(encoding="utf-8"))
    if not db.session.scalar(select(func.count()).select_from(Channel)):
        for values in story["channels"]:
            service.add_line(Channel, values, by=users["Maren Holt"].actor)
        for values in story["regions"]:
            service.add_line(Region, values, by=users["Maren Holt"].actor)
    return sum(one.accepted_count for one in import_files(folder, FILES))


def switch_off(folder: Path, users: Mapping[str, User]) -> None:
    """Let one price be inactive since this morning, as a page would: the launch that needs it turns then."""
    story = json.loads((folder / "market" / "market.json").read_text(encoding="utf-8"))
    part: Mapping[str, Any] = story["switched_off"]
    found = db.session.scalar(
        select(PriceEntry)
        .join(PriceBook, PriceBook.id == PriceEntry.book_id)
        .where(PriceBook.name == part["book"], PriceEntry.product_code == part["product_code"])
    )
    if found is None or not found.is_active or found.version > 1:
        return  # Switched off before; whoever switched it on since shall find it so.
    moment = now().replace(hour=int(part["at"][:2]), minute=int(part["at"][3:]), second=0, microsecond=0)
    with stopped(moment if moment <= now() else moment - timedelta(days=1)):
        pricing.change_entry(found.id, {"is_active": False}, found.version, by=users[part["by"]].actor)


def import_files(folder: Path, names: Sequence[str]) -> list[Import]:
    """Import the demo company's files that were not imported yet.

    :raises Unavailable: one of them is missing.
    """
    files = [Incoming(folder / name, name, {}, None) for name in names]
    missing = [file.path for file in files if not file.path.exists()]
    if missing:
        raise Unavailable(f"The demo company's export {missing[0]} is missing. Install ideaflow again.")
    if all(intake_queries.is_done(hash_of(file.path)) for file in files):
        return []
    prepared, directory = prepare(files, now(), intake_queries.remembered)
    total = sum(one.survey.row_count for one in prepared)
    with click.progressbar(length=total, label="Importing", file=sys.stderr) as bar:
        return [intake.import_file(one, directory, by=SYSTEM, progress=bar.update) for one in prepared]
