"""How fast the seller's card is with many accounts: beside the same shell with nothing in it.

    python -m benchmarks.card [--accounts 10000] [--opportunities 50000]

Filled as ``benchmarks.customers`` is, with a launch in twelve cells of three regions besides, and a gap or
two on every open opportunity. The bare page is *You*: the same shell and the same person, nothing to read.
One account has nothing to do with the launch; on the full card somebody asked, a sale waits, a competitor
is in the race and a story may be told; the wide account has a tenth of all sales, 1,666 of them open.
"""

import statistics

from flask import Flask
from sqlalchemy import text

from benchmarks.customers import FILL, arguments, filled, run
from benchmarks.pages import measure, page
from ideaflow.db import db
from ideaflow.gates.process import publishing
from ideaflow.launch import service as launches

BARE = "/you"
LAUNCH = (
    "INSERT INTO channels (name, position, is_partner) "
    "SELECT 'Channel ' || n, n, n = 3 FROM generate_series(1, 4) n",
    "INSERT INTO regions (name, position) VALUES ('DACH', 1), ('Nordics', 2), ('UK', 3)",
    "INSERT INTO offerings (name) VALUES ('Dock Scheduling')",
    "INSERT INTO offering_proposals (offering_id, proposal_id, tied_at) VALUES (1, 3, now())",
    "INSERT INTO launches "
    "(offering_id, proposal_id, template_id, name, launch_on, tier, state, owner_id, currency) "
    "SELECT 1, 3, min(id), 'Dock Scheduling', current_date - 10, 1, 'launched', 1, 'EUR' "
    "FROM readiness_templates",
    "INSERT INTO launch_cells "
    "(launch_id, channel_id, region_id, target_amount, currency, is_ready, ready_since_at) "
    "SELECT 1, c.id, r.id, 100000, 'EUR', c.id < 3, now() FROM channels c, regions r",
    "INSERT INTO readiness_checks (launch_id, key, title, function, rule, weight, is_blocking, due_on) "
    "SELECT 1, 'check-' || n, 'Check ' || n, 'sales', '{\"kind\": \"evidence\"}', 1, n % 2 = 0, "
    "current_date + n FROM generate_series(1, 18) n",
    "INSERT INTO check_standings (check_id, cell_id, words, since_at, measured_at) "
    "SELECT k.id, c.id, 'no evidence yet', now(), now() FROM readiness_checks k, launch_cells c",
    "INSERT INTO opportunity_gaps (opportunity_id, proposal_id, severity, state, said_at) "
    "SELECT id, 1 + id % 30, 'challenge', 'waits', now() FROM opportunities WHERE state = 'open'",
    "INSERT INTO opportunity_gaps (opportunity_id, theme_id, severity, state, said_at) "
    "SELECT id, 1 + id % 300, 'nice', 'waits', now() FROM opportunities WHERE state = 'open' AND id % 2 = 0",
    "INSERT INTO opportunity_gaps (opportunity_id, proposal_id, severity, state, said_at) "
    "SELECT id, 3, 'deal_breaker', 'waits', now() FROM opportunities "
    "WHERE state = 'open' AND account_id % 100 = 92",
    "INSERT INTO competitor_moves (competitor, title, kind, begins_on, until_on, sureness) "
    "VALUES ('Yardline', 'Dock booking', 'announced', current_date + 30, current_date + 60, .7)",
    "INSERT INTO launch_moves (launch_id, move_id, tied_at) SELECT 1, id, now() FROM competitor_moves",
    "INSERT INTO success_stories (launch_id, account_id, words, agreed_by, agreed_on, added_at) "
    "VALUES (1, 7, 'Half the waiting at four docks.', 'Anke Vogt', current_date, now())",
    "UPDATE accounts SET owner_name = 'Maren Holt' WHERE id % 100 = 0",
    "ANALYZE",
)


def fill(sizes: dict[str, int]) -> None:
    """Make the records, as the database itself can."""
    launches.ship()
    run((*FILL, *LAUNCH), sizes)
    standard = publishing.standard()
    stage = {"version": standard.id, "stage": standard.content.stages[0].key}
    db.session.execute(text("UPDATE journeys SET process_version_id = :version, stage_key = :stage"), stage)


def ratio_of(app: Flask, address: str, pairs: int) -> tuple[float, float, float]:
    """Return requests a second of a page and of the bare one, taken in turns, and their median ratio."""
    ours, bare = page(app, address), page(app, BARE)
    measure(ours)
    measure(bare)
    taken = [(measure(ours)[0], measure(bare)[0]) for _ in range(pairs)]
    ratio = statistics.median(other / one for one, other in taken)
    return statistics.median(one for one, _ in taken), statistics.median(other for _, other in taken), ratio


def main() -> None:
    """Fill an instance, count the questions of each page, and measure it beside the bare one."""
    chosen = arguments(__doc__)
    with filled(chosen, "sales", fill) as instance:
        middle, full = chosen.accounts // 2, chosen.accounts // 2 - 8
        print(f"{'page':32} {'questions':>9} {'a second':>9} {'bare page':>9} {'bare ÷ it':>9}")
        for address in (
            f"/accounts/{middle}/card/1", f"/accounts/{full}/card/1", "/accounts/1/card/1",
            f"/accounts/{middle}/call", "/my-accounts/",
            "/proposals/3/pipeline", f"/api/v1/accounts/{middle}/card",
        ):  # fmt: skip
            number = instance.questions(address)
            ours, bare, ratio = ratio_of(instance.app, address, chosen.pairs)
            print(f"{address:32} {number:9} {ours:9.1f} {bare:9.1f} {ratio:9.2f}")


if __name__ == "__main__":
    main()
