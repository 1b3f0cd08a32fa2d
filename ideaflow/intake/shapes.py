"""The shapes of well-known exports: recognised by headers, blind to case, spaces and underscores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ideaflow.intake import market_columns
from ideaflow.intake import shape_columns as columns
from ideaflow.intake.fields import columns_for, plain
from ideaflow.intake.moments import Order
from ideaflow.intake.records import Kind


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of export.

    :param needs: each entry is a choice of headers of which one must be there.
    :param columns: target field to the headers it comes from, best first.
    :param lacks: headers that it never has: what a table with words of customers has.
    :param order: how dates with slashes read when the column proves nothing.
    """

    name: str
    title: str
    source: str
    kind: Kind
    needs: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: Order | None = None
    lacks: frozenset[str] = frozenset()

    def fits(self, header: Iterable[str]) -> bool:
        """Tell whether a header has all that the shape needs."""
        known = {plain(column) for column in header}
        has = all(any(choice in known for choice in choices) for choices in self.needs)
        return has and known.isdisjoint(self.lacks)

    def mapping(self, header: Iterable[str]) -> dict[str, str]:
        """Return target field to column for the columns that are there."""
        names = tuple(header)
        found = {name: columns_for(names, candidates) for name, candidates in self.columns.items()}
        return {name: column for name, column in found.items() if column is not None}


_ZENDESK_JSON_NEEDS = (
    (("id",), ("subject", "rawsubject"), ("requesterid", "requester"), ("description", "comments")),
    (("id",), ("role",), ("email",), ("organizationid",)),
    (("id",), ("domainnames",)),
)

_MARKET_SHAPES = tuple(
    Shape(one.name, one.title, one.source, one.kind, one.needs, one.columns, lacks=market_columns.WORDS)
    for one in market_columns.LISTS
)
# The market's lists need more telling headers than any other, so they are looked for first.
SHAPES: tuple[Shape, ...] = (
    *_MARKET_SHAPES,
    Shape(
        "salesforce-opportunity-report",
        "Salesforce opportunity report",
        "salesforce",
        "opportunity",
        (("opportunityname",), ("stage",), ("accountname", "opportunityid", "closedate")),
        columns.SALESFORCE_OPPORTUNITY,
        "mdy",
    ),
    Shape(
        "salesforce-opportunity",
        "Salesforce opportunities by API names",
        "salesforce",
        "opportunity",
        (("stagename",), ("name",), ("id", "accountid")),
        columns.SALESFORCE_OPPORTUNITY,
        "mdy",
    ),
    Shape(
        "salesforce-case",
        "Salesforce cases",
        "salesforce",
        "case",
        (("casenumber",), ("subject", "description")),
        columns.SALESFORCE_CASE,
        "mdy",
    ),
    Shape(
        "hubspot-ticket",
        "HubSpot tickets",
        "hubspot",
        "case",
        (
            ("ticketname", "hsticketid", "ticketid"),
            ("ticketstatus", "hspipelinestage", "ticketdescription", "content"),
        ),
        columns.HUBSPOT_TICKET,
    ),
    Shape(
        "hubspot-deal",
        "HubSpot deals",
        "hubspot",
        "opportunity",
        (("dealname",), ("dealstage",)),
        columns.HUBSPOT_DEAL,
    ),
    Shape(
        "zendesk-ticket-list",
        "Zendesk ticket list",
        "zendesk",
        "case",
        (("id",), ("subject",), ("requester",), ("createdat",), ("status",)),
        columns.ZENDESK_CSV,
    ),
    Shape(
        "salesforce-contact",
        "Salesforce contacts",
        "salesforce",
        "contact",
        (("lastname",), ("email",), ("accountname", "accountid"), ("title", "contactid", "firstname")),
        columns.SALESFORCE_CONTACT,
        "mdy",
    ),
    Shape(
        "hubspot-contact",
        "HubSpot contacts",
        "hubspot",
        "contact",
        (("recordid", "hsobjectid"), ("email",), ("lastname", "firstname")),
        columns.HUBSPOT_CONTACT,
    ),
    Shape(
        "hubspot-company",
        "HubSpot companies",
        "hubspot",
        "account",
        (
            ("companyname", "name"),
            ("companydomainname", "domain", "lifecyclestage"),
            ("recordid", "hsobjectid"),
        ),
        columns.HUBSPOT_COMPANY,
    ),
    Shape(
        "salesforce-account-report",
        "Salesforce account report",
        "salesforce",
        "account",
        (
            ("accountname",),
            ("accountowner", "annualrevenue", "billingcountry", "accountid"),
            ("accountowner", "annualrevenue", "annualrecurringrevenue", "industry", "type", "website"),
        ),
        columns.SALESFORCE_ACCOUNT,
        "mdy",
    ),
    Shape(
        "salesforce-account",
        "Salesforce accounts by API names",
        "salesforce",
        "account",
        (("id",), ("name",), ("ownerid",), ("annualrevenue", "industry", "website", "billingcountry")),
        columns.SALESFORCE_ACCOUNT,
        "mdy",
    ),
)

ZENDESK_PARTS = ("tickets", "users", "organizations")


def recognise(header: Iterable[str]) -> Shape | None:
    """Return the first shape that a table's header fits, most telling shapes first."""
    names = tuple(header)
    return next((shape for shape in SHAPES if shape.fits(names)), None)


def is_zendesk_json(header: Iterable[str], parts: Iterable[str]) -> bool:
    """Tell a Zendesk JSON export: its three lists in one object, or its records one a line."""
    if any(part in ZENDESK_PARTS for part in parts):
        return True
    known = {plain(name) for name in header}
    return any(
        all(any(choice in known for choice in choices) for choices in needs) for needs in _ZENDESK_JSON_NEEDS
    )
