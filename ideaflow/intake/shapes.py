"""The shapes of well-known exports: recognised by headers, blind to case, spaces and underscores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ideaflow.intake.fields import columns_for, plain
from ideaflow.intake.moments import Order
from ideaflow.intake.records import Kind


@dataclass(frozen=True, slots=True)
class Shape:
    """One kind of export.

    :param needs: each entry is a choice of headers of which one must be there.
    :param columns: target field to the headers it comes from, best first.
    :param order: how dates with slashes read when the column proves nothing.
    """

    name: str
    title: str
    source: str
    kind: Kind
    needs: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: Order | None = None

    def fits(self, header: Iterable[str]) -> bool:
        """Tell whether a header has all that the shape needs."""
        known = {plain(column) for column in header}
        return all(any(choice in known for choice in choices) for choices in self.needs)

    def mapping(self, header: Iterable[str]) -> dict[str, str]:
        """Return target field to column for the columns that are there."""
        columns = tuple(header)
        found = {name: columns_for(columns, candidates) for name, candidates in self.columns.items()}
        return {name: column for name, column in found.items() if column is not None}


def _columns(**columns: str) -> dict[str, tuple[str, ...]]:
    return {name: tuple(headers.split()) for name, headers in columns.items()}


_SALESFORCE_ACCOUNT = _columns(
    account="accountname name",
    account_id="accountid id accountid18 casesafeid",
    domain="website accountwebsite",
    segment="segment accountsegment customersegment industry",
    region="region accountregion salesregion territory billingcountry billingstateprovince",
    annual_revenue="annualrecurringrevenue arr annualrevenue",
    currency="annualrevenuecurrency accountcurrency arrcurrency currencyisocode currency",
    owner="accountowner owner ownerid",
    account_type="type accounttype",
    renewal_on="renewaldate contractenddate nextrenewaldate",
)
_SALESFORCE_OPPORTUNITY = _columns(
    opportunity_id="opportunityid id opportunityid18",
    opportunity="opportunityname name",
    account="accountname",
    account_id="accountid",
    amount="amount",
    currency="amountcurrency opportunitycurrency currencyisocode currency",
    stage="stage stagename",
    close_on="closedate",
    is_won="won iswon",
    is_closed="closed isclosed",
    lost_reason="lostreason lossreason closedlostreason reasonlost reasonforloss lossreasondetails",
    next_step="nextstep",
    text="description opportunitydescription",
    said_at="createddate lastmodifieddate lastactivity",
    contact="primarycontact contactname",
)
_SALESFORCE_CASE = _columns(
    case="casenumber",
    id="caseid id",
    account="accountname suppliedcompany",
    account_id="accountid",
    contact="contactname suppliedname webname",
    contact_id="contactid",
    email="contactemail suppliedemail webemail email",
    title="contacttitle title",
    subject="subject",
    text="description casedescription",
    comments="casecomments publiccomments comments lastpubliccomment",
    status="status",
    priority="priority",
    said_at="createddate datetimeopened dateopened openeddate",
)
_SALESFORCE_CONTACT = _columns(
    contact="fullname contactname name",
    first_name="firstname",
    last_name="lastname",
    contact_id="contactid id",
    email="email",
    title="title",
    account="accountname",
    account_id="accountid",
)
_HUBSPOT_TICKET = _columns(
    id="recordid ticketid hsobjectid hsticketid",
    case="ticketid hsticketid recordid hsobjectid",
    subject="ticketname subject",
    text="ticketdescription content",
    status="ticketstatus hspipelinestage",
    priority="priority hsticketpriority",
    said_at="createdate hscreatedate",
    account="primarycompany hsprimarycompany associatedcompany associatedcompanynames",
    account_id="primaryassociatedcompanyid associatedcompanyids associatedcompanyid",
    contact="associatedcontact associatedcontactnames",
    contact_id="associatedcontactids associatedcontactid",
    email="associatedcontactemail contactemail email",
)
_HUBSPOT_DEAL = _columns(
    opportunity_id="recordid dealid hsobjectid",
    opportunity="dealname",
    stage="dealstage",
    amount="amount amountincompanycurrency hsamountinhomecurrency",
    currency="currency dealcurrencycode",
    close_on="closedate",
    is_won="isclosedwon hsisclosedwon",
    is_closed="isdealclosed hsisclosed",
    lost_reason="closedlostreason",
    next_step="nextstep hsnextstep",
    text="dealdescription description",
    said_at="createdate",
    account="primaryassociatedcompany associatedcompany associatedcompanyprimary primarycompany",
    account_id="associatedcompanyids associatedcompanyid",
    contact="associatedcontact",
)
_HUBSPOT_COMPANY = _columns(
    account_id="recordid companyid hsobjectid",
    account="companyname name",
    domain="companydomainname domain",
    segment="segment industry",
    region="region countryregion country",
    annual_revenue="annualrecurringrevenue annualrevenue",
    currency="currency hsrevenuecurrency",
    owner="companyowner hubspotownerid",
    account_type="lifecyclestage type",
    renewal_on="renewaldate",
)
_HUBSPOT_CONTACT = _columns(
    contact_id="recordid contactid hsobjectid",
    contact="fullname name",
    first_name="firstname",
    last_name="lastname",
    email="email",
    title="jobtitle",
    account="associatedcompany companyname primarycompany company",
    account_id="associatedcompanyids associatedcompanyid",
)
_ZENDESK_CSV = _columns(
    case="id",
    id="id",
    contact="requester",
    contact_id="requesterid",
    email="requesteremail",
    domain="requesterdomain",
    account="organization",
    subject="subject",
    status="status",
    priority="priority",
    said_at="createdat",
    text="description",
)
_ZENDESK_JSON_NEEDS = (
    (("id",), ("subject", "rawsubject"), ("requesterid", "requester"), ("description", "comments")),
    (("id",), ("role",), ("email",), ("organizationid",)),
    (("id",), ("domainnames",)),
)

SHAPES: tuple[Shape, ...] = (
    Shape(
        "salesforce-opportunity-report",
        "Salesforce opportunity report",
        "salesforce",
        "opportunity",
        (("opportunityname",), ("stage",), ("accountname", "opportunityid", "closedate")),
        _SALESFORCE_OPPORTUNITY,
        "mdy",
    ),
    Shape(
        "salesforce-opportunity",
        "Salesforce opportunities by API names",
        "salesforce",
        "opportunity",
        (("stagename",), ("name",), ("id", "accountid")),
        _SALESFORCE_OPPORTUNITY,
        "mdy",
    ),
    Shape(
        "salesforce-case",
        "Salesforce cases",
        "salesforce",
        "case",
        (("casenumber",), ("subject", "description")),
        _SALESFORCE_CASE,
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
        _HUBSPOT_TICKET,
    ),
    Shape(
        "hubspot-deal",
        "HubSpot deals",
        "hubspot",
        "opportunity",
        (("dealname",), ("dealstage",)),
        _HUBSPOT_DEAL,
    ),
    Shape(
        "zendesk-ticket-list",
        "Zendesk ticket list",
        "zendesk",
        "case",
        (("id",), ("subject",), ("requester",), ("createdat",), ("status",)),
        _ZENDESK_CSV,
    ),
    Shape(
        "salesforce-contact",
        "Salesforce contacts",
        "salesforce",
        "contact",
        (("lastname",), ("email",), ("accountname", "accountid"), ("title", "contactid", "firstname")),
        _SALESFORCE_CONTACT,
        "mdy",
    ),
    Shape(
        "hubspot-contact",
        "HubSpot contacts",
        "hubspot",
        "contact",
        (("recordid", "hsobjectid"), ("email",), ("lastname", "firstname")),
        _HUBSPOT_CONTACT,
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
        _HUBSPOT_COMPANY,
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
        _SALESFORCE_ACCOUNT,
        "mdy",
    ),
    Shape(
        "salesforce-account",
        "Salesforce accounts by API names",
        "salesforce",
        "account",
        (("id",), ("name",), ("ownerid",), ("annualrevenue", "industry", "website", "billingcountry")),
        _SALESFORCE_ACCOUNT,
        "mdy",
    ),
)

ZENDESK_PARTS = ("tickets", "users", "organizations")


def recognise(header: Iterable[str]) -> Shape | None:
    """Return the first shape that a table's header fits, most telling shapes first."""
    columns = tuple(header)
    return next((shape for shape in SHAPES if shape.fits(columns)), None)


def is_zendesk_json(header: Iterable[str], parts: Iterable[str]) -> bool:
    """Tell a Zendesk JSON export: its three lists in one object, or its records one a line."""
    if any(part in ZENDESK_PARTS for part in parts):
        return True
    known = {plain(name) for name in header}
    return any(
        all(any(choice in known for choice in choices) for choices in needs) for needs in _ZENDESK_JSON_NEEDS
    )
