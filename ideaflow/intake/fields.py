"""The target fields a column can become, with the words headers use for them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Type = Literal["text", "words", "day", "moment", "money", "currency", "email", "domain", "flag"]


@dataclass(frozen=True, slots=True)
class Field:
    """One target field.

    :param name: as in ``--map name=column``.
    :param label: for people.
    :param group: the piece of a record it belongs to.
    :param synonyms: headers that usually mean it, normalised by :func:`plain`.
    """

    name: str
    label: str
    group: str
    type: Type
    synonyms: tuple[str, ...] = ()


def plain(header: str) -> str:
    """Return a header without case, spaces, underscores and other marks.

    >>> plain("Account_Name ")
    'accountname'
    """
    return re.sub(r"[\W_]+", "", header.casefold())


def _field(name: str, label: str, group: str, kind: Type, synonyms: str = "") -> Field:
    return Field(name, label, group, kind, (plain(name), *synonyms.split()))


FIELDS: tuple[Field, ...] = (
    _field(
        "id",
        "Record id",
        "Record",
        "text",
        "recordid externalid sourceid ticketid caseid noteid messageid ideaid key uuid",
    ),
    _field(
        "text",
        "What was said",
        "Words",
        "words",
        "note notes body content comment comments description "
        "feedback message messagebody verbatim details answer "
        "text transcript callnotes summary",
    ),
    _field("comments", "Further comments", "Words", "words", "latestcomment publiccomments"),
    _field(
        "said_at",
        "Said on",
        "Words",
        "moment",
        "date createdat created createddate createdate "
        "createdtimestamp timestamp submittedat messagecreatedat "
        "activitydate calldate dateopened openeddate",
    ),
    _field(
        "account",
        "Account name",
        "Account",
        "text",
        "accountname company companyname customer customername "
        "organization organisation organizationname client firm "
        "associatedcompany primarycompany primaryassociatedcompany",
    ),
    _field(
        "account_id",
        "Account id",
        "Account",
        "text",
        "accountid companyid organizationid customerid crmaccountid",
    ),
    _field(
        "domain",
        "Web domain",
        "Account",
        "domain",
        "website companydomainname domainname webdomain url requesterdomain",
    ),
    _field(
        "segment",
        "Segment",
        "Account",
        "text",
        "industry tier customersegment vertical companysize marketsegment",
    ),
    _field(
        "region",
        "Region",
        "Account",
        "text",
        "country billingcountry territory billingstateprovince billingstate countryregion salesregion",
    ),
    _field(
        "annual_revenue",
        "Annual revenue",
        "Account",
        "money",
        "arr annualrecurringrevenue accountarr mrr revenue contractvalue acv",
    ),
    _field(
        "currency",
        "Currency",
        "Account",
        "currency",
        "currencycode currencyisocode amountcurrency accountcurrency annualrevenuecurrency dealcurrencycode "
        "opportunitycurrency arrcurrency",
    ),
    _field("owner", "Owner", "Account", "text", "accountowner companyowner accountmanager csm salesrep"),
    _field(
        "account_type", "Customer or prospect", "Account", "text", "accounttype lifecyclestage customertype"
    ),
    _field(
        "renewal_on",
        "Renewal date",
        "Account",
        "day",
        "renewaldate contractenddate contractend renewal nextrenewaldate",
    ),
    _field(
        "contact",
        "Contact name",
        "Contact",
        "text",
        "contactname fullname name requester requestername author "
        "authorname submitter speaker respondent username "
        "associatedcontact createdby",
    ),
    _field("first_name", "First name", "Contact", "text", "givenname forename"),
    _field("last_name", "Last name", "Contact", "text", "surname familyname"),
    _field("contact_id", "Contact id", "Contact", "text", "requesterid userid authorid"),
    _field(
        "email",
        "E-mail",
        "Contact",
        "email",
        "emailaddress contactemail requesteremail authoremail useremail mail webemail messageauthoremail",
    ),
    _field("title", "Job title", "Contact", "text", "jobtitle role position contacttitle"),
    _field("opportunity", "Opportunity name", "Opportunity", "text", "opportunityname dealname deal"),
    _field("opportunity_id", "Opportunity id", "Opportunity", "text", "opportunityid dealid"),
    _field(
        "amount",
        "Amount",
        "Opportunity",
        "money",
        "dealamount opportunityamount value dealvalue amountincompanycurrency",
    ),
    _field("stage", "Stage", "Opportunity", "text", "stagename dealstage opportunitystage"),
    _field("close_on", "Close date", "Opportunity", "day", "closedate expectedclosedate closingdate"),
    _field("is_won", "Won", "Opportunity", "flag", "won closedwon isclosedwon"),
    _field("is_closed", "Closed", "Opportunity", "flag", "closed isdealclosed"),
    _field(
        "lost_reason",
        "Lost reason",
        "Opportunity",
        "words",
        "lossreason reasonlost closedlostreason "
        "closelostreason reasonforloss lostreasondetail lossreasondetails",
    ),
    _field("won_reason", "Won reason", "Opportunity", "words", "closedwonreason reasonwon winreason"),
    _field(
        "record_owner",
        "Owner of the opportunity or case",
        "Record",
        "text",
        "opportunityowner dealowner caseowner ticketowner assignee",
    ),
    _field(
        "closed_at", "Closed on", "Case", "moment", "closeddate datetimeclosed solvedat closedat resolvedat"
    ),
    _field("case_type", "Kind of case", "Case", "text", "tickettype casetype category activitytype"),
    _field("case", "Case number", "Case", "text", "casenumber ticketnumber ticket ticketno caseno number"),
    _field("subject", "Subject", "Case", "text", "ticketname headline ideatitle suggestiontitle topic"),
    _field("status", "Status", "Case", "text", "ticketstatus casestatus state publicstatusname"),
    _field("priority", "Priority", "Case", "text", "ticketpriority casepriority severity urgency"),
)

# What says how and where we sell. No header is guessed to mean these: a table is known as one of the lists
# below `market_shapes`, or somebody says so.
MARKET_FIELDS: tuple[Field, ...] = (
    _field("price_book", "Price book", "Price", "text"),
    _field("price_book_id", "Price book id", "Price", "text"),
    _field("product_code", "Product code", "Price", "text"),
    _field("product", "Product name", "Price", "text"),
    _field("unit_price", "Unit price", "Price", "money"),
    _field("is_active", "Active", "Price, partner or seller", "flag"),
    _field("valid_from_on", "Valid from", "Price", "day"),
    _field("valid_until_on", "Valid until", "Price", "day"),
    _field("course", "Course", "Training", "text"),
    _field("passed_on", "Passed or certified on", "Training", "day"),
    _field("expires_on", "Expires on", "Training", "day"),
    _field("is_required", "Required", "Training", "flag"),
    _field("partner", "Partner", "Partner", "text"),
    _field("channel", "Sales channel", "Where we sell", "text"),
    _field("rate", "Exchange rate", "Exchange rate", "money"),
    _field("rate_on", "Day of the rate", "Exchange rate", "day"),
    _field("base", "Base currency", "Exchange rate", "currency"),
)

BY_NAME = {field.name: field for field in (*FIELDS, *MARKET_FIELDS)}


def columns_for(header: Iterable[str], candidates: Iterable[str]) -> str | None:
    """Return the first column whose header is one of the candidates, in the candidates' order."""
    known: dict[str, str] = {}
    for column in header:
        known.setdefault(plain(column), column)
    return next((known[candidate] for candidate in candidates if candidate in known), None)
