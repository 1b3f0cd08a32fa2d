"""How fast a customer's view is with many accounts: its page, its JSON and the renewals at risk.

    python -m benchmarks.customers [--accounts 10000] [--opportunities 50000]

On an instance of its own in a temporary folder, filled by SQL: to each account a contact, five cases and ten
items in 300 themes, a tenth of which have proposals, decided and launched; one account has a tenth of all
opportunities and 2,000 items. Each page is asked for in turns with a bare Flask page.
"""

import argparse
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

from flask import Flask
from sqlalchemy import event, text

from benchmarks.pages import compare, page
from ideaflow import schema
from ideaflow.app import create_app
from ideaflow.db import db
from ideaflow.gates import service as gates
from ideaflow.users import service as users

WIDE = 2_000
FILL = (
    "INSERT INTO themes (title, state) SELECT 'Theme ' || n, 'watching' FROM generate_series(1, 300) n",
    "INSERT INTO accounts "
    "(name, name_key, kind, domain, segment, region, renews_on, revenue_amount, currency) "
    "SELECT 'Account ' || n, 'account ' || n, CASE n % 10 WHEN 0 THEN 'prospect' ELSE 'customer' END, "
    "'a' || n || '.example', '3PL', 'DACH', current_date + n % 700, n * 10, CASE n % 5 WHEN 0 THEN 'USD' "
    "ELSE 'EUR' END FROM generate_series(1, :accounts) n",
    "INSERT INTO contacts (account_id, name, email) SELECT id, 'Contact ' || id, 'c' || id || '@a.example' "
    "FROM accounts",
    "INSERT INTO opportunities (account_id, name, amount, currency, state, closes_on, source, source_id) "
    "SELECT CASE n % 10 WHEN 0 THEN 1 ELSE 1 + n % :accounts END, 'Sale ' || n, n, 'EUR', "
    "(ARRAY['open', 'won', 'lost'])[1 + n % 3], current_date + n % 300, 'many', n::text "
    "FROM generate_series(1, :opportunities) n",
    "INSERT INTO cases (kind, account_id, subject, status, opened_at, source, source_id) "
    "SELECT 'case', 1 + n % :accounts, 'Case ' || n, CASE n % 4 WHEN 0 THEN 'Open' ELSE 'Solved' END, "
    "now() - n * interval '1 minute', 'many', n::text FROM generate_series(1, :accounts * 5) n",
    "INSERT INTO feedback_items (text, part, source, source_id, said_at, account_id, contact_id) "
    "SELECT 'Two halls stop, for the ' || n || 'th time.', 'text', 'many', n::text, "
    "now() - n * interval '1 minute', account_id, account_id FROM (SELECT n, "
    "CASE WHEN n <= :wide THEN 1 ELSE 1 + n % :accounts END account_id "
    "FROM generate_series(1, :accounts * 10) n) said",
    "INSERT INTO statements (item_id, position, text, begins_at, ends_at) "
    "SELECT id, 0, text, 0, length(text) FROM feedback_items",
    "INSERT INTO theme_memberships (statement_id, theme_id, strength, likeness) "
    "SELECT id, 1 + (id * 7919) % 300, .9, .9 FROM statements WHERE id % 5 > 0",
    "INSERT INTO proposals (title, owner_id, type, strategy) "
    "SELECT 'Proposal ' || n, 1, 'improve', 'satisfy' FROM generate_series(1, 30) n",
    "INSERT INTO evidence (proposal_id, serves_id, kind, theme_id, added_at) "
    "SELECT id, id, 'theme', id * 10, now() FROM proposals",
    "INSERT INTO journeys (proposal_id, process_version_id, state, stage_key, started_at, state_since) "
    "SELECT p.id, (SELECT max(id) FROM process_versions), "
    "CASE p.id % 3 WHEN 0 THEN 'launched' ELSE 'working' END, 'scoping', now(), now() FROM proposals p",
    "UPDATE proposals SET closed_at = now() WHERE id % 3 = 0",
    "ANALYZE",
)


@dataclass(frozen=True)
class Instance:
    """The product on a filled database of its own, with all it asks that database."""

    app: Flask
    asked: list[str]

    def questions(self, address: str) -> int:
        """Return how many questions a page asks the second time it is opened."""
        request = page(self.app, address)
        request()
        self.asked.clear()
        request()
        return len(self.asked)


def arguments(description: str | None) -> argparse.Namespace:
    """Read how large the instance shall be, and how often pages are measured."""
    parser = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--opportunities", type=int, default=50_000)
    parser.add_argument("--pairs", type=int, default=5, help="measurements of either, in turns")
    return parser.parse_args()


@contextmanager
def filled(
    chosen: argparse.Namespace, role: str, fill: Callable[[dict[str, int]], None]
) -> Iterator[Instance]:
    """Make an instance in a temporary folder, with one user of this role, and fill it."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IDEAFLOW_HOME"] = folder
        os.environ.pop("DATABASE_URL", None)
        app = create_app()
        asked: list[str] = []
        with app.app_context():
            schema.upgrade()
            gates.ship()
            users.add_user("maren@fernhall.example", "Maren Holt", [role])
            fill({"accounts": chosen.accounts, "opportunities": chosen.opportunities, "wide": WIDE})
            db.session.commit()
            event.listen(db.engine, "before_cursor_execute", lambda *said: asked.append(said[2]))
        yield Instance(app, asked)


def run(statements: Iterable[str], sizes: dict[str, int]) -> None:
    """Let the database make records, so many as ``sizes`` say."""
    for statement in statements:
        named = {name: value for name, value in sizes.items() if f":{name}" in statement}
        db.session.execute(text(statement), named)


def main() -> None:
    """Fill an instance, count the questions of each page, and measure it."""
    chosen = arguments(__doc__)
    with filled(chosen, "product_manager", partial(run, FILL)) as instance:
        middle = chosen.accounts // 2
        print(f"{'page':28} {'questions':>9} {'a second':>9} {'bare Flask':>11} {'CPU ms':>7}")
        for address in (
            "/you", "/accounts/", "/accounts/renewals", f"/accounts/{middle}", "/accounts/1",
            f"/api/v1/accounts/{middle}/view", "/api/v1/accounts/1/view",
        ):  # fmt: skip
            number, row = instance.questions(address), compare(instance.app, address, chosen.pairs)
            print(
                f"{address:28} {number:9} {row['requests_per_second']:9} {row['bare_flask_per_second']:11} "
                f"{row['cpu_milliseconds']:7}"
            )


if __name__ == "__main__":
    main()
