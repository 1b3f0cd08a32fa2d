"""Build the exports of the demo company from its hand-written words and tables.

    python examples/fernhall/build.py [FOLDER]

The same words give the same bytes every time. FOLDER is where the exports go; without it, beside this file.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import cast  # noqa: E402
import company  # noqa: E402
import exports  # noqa: E402
import salesforce  # noqa: E402
import words  # noqa: E402

ZENDESK_ROWS = 780


def number(filings: list[cast.Filing], first: int, steps: int, name: str) -> list[tuple[int, cast.Filing]]:
    """Number filings in the order of their time, with gaps as other customers' records leave them."""
    dice = cast.seeded("numbers", name)
    numbered = []
    for filing in filings:
        first += dice.randint(1, steps)
        numbered.append((first, filing))
    return numbered


def share_out(filings: list[cast.Filing]) -> tuple[list[cast.Filing], list[cast.Filing]]:
    """Split filings between Zendesk and HubSpot: calls are noted in HubSpot, the rest goes to either."""
    written = [place for place, one in enumerate(filings) if one.entry.kind != "call"]
    chosen = set(cast.seeded("sources").sample(written, min(ZENDESK_ROWS, len(written) * 3 // 5)))
    zendesk = [one for place, one in enumerate(filings) if place in chosen]
    hubspot = [one for place, one in enumerate(filings) if place not in chosen]
    return zendesk, hubspot


def build() -> dict[str, bytes]:
    """Return every export by file name."""
    needs, accounts, owners = words.read_needs(), company.read_accounts(), company.read_owners()
    opportunities = company.read_opportunities(accounts)
    lost = cast.assign_lost(opportunities, needs)
    zendesk_filings, hubspot_filings = share_out(cast.file_all(needs, accounts))
    zendesk = number(zendesk_filings, 42_000, 14, "zendesk")
    hubspot = number(hubspot_filings, 28_114_503_300, 2_000, "hubspot")
    return {
        "salesforce-accounts.csv": salesforce.account_report(accounts),
        "salesforce-opportunities.csv": salesforce.opportunity_report(opportunities, lost),
        "zendesk-export.json": exports.zendesk(zendesk, accounts, owners),
        "hubspot-tickets.csv": exports.hubspot(hubspot, owners),
        "truth.csv": exports.truth(zendesk, hubspot, lost),
    }


def main(folder: Path) -> None:
    """Write the exports into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in build().items():
        (folder / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
