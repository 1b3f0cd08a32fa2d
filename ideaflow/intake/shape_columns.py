"""Which headers of each well-known export hold which target field; headers normalised, best first."""

from __future__ import annotations


def columns_of(**columns: str) -> dict[str, tuple[str, ...]]:
    """Return headers by field; a field's headers are written as one text, parted by spaces."""
    return {name: tuple(headers.split()) for name, headers in columns.items()}


SALESFORCE_ACCOUNT = columns_of(
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
SALESFORCE_OPPORTUNITY = columns_of(
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
    won_reason="wonreason closedwonreason reasonwon",
    record_owner="opportunityowner owner ownerid",
    text="description opportunitydescription",
    said_at="createddate lastmodifieddate lastactivity",
    contact="primarycontact contactname",
)
SALESFORCE_CASE = columns_of(
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
    closed_at="closeddate datetimeclosed",
    record_owner="caseowner owner ownerid",
    case_type="type casetype caserecordtype",
)
SALESFORCE_CONTACT = columns_of(
    contact="fullname contactname name",
    first_name="firstname",
    last_name="lastname",
    contact_id="contactid id",
    email="email",
    title="title",
    account="accountname",
    account_id="accountid",
)
HUBSPOT_TICKET = columns_of(
    id="recordid ticketid hsobjectid hsticketid id",
    case="ticketid hsticketid recordid hsobjectid id",
    subject="ticketname subject",
    text="ticketdescription content",
    status="ticketstatus hspipelinestage",
    priority="priority hsticketpriority",
    said_at="createdate hscreatedate",
    closed_at="closedate closeddate",
    record_owner="ticketowner hubspotownerid",
    case_type="category hsticketcategory",
    account="primarycompany hsprimarycompany associatedcompany associatedcompanynames",
    account_id="primaryassociatedcompanyid associatedcompanyids associatedcompanyid",
    contact="associatedcontact associatedcontactnames",
    contact_id="associatedcontactids associatedcontactid",
    email="associatedcontactemail contactemail email",
)
HUBSPOT_DEAL = columns_of(
    opportunity_id="recordid dealid hsobjectid id",
    opportunity="dealname",
    stage="dealstage",
    amount="amount amountincompanycurrency hsamountinhomecurrency",
    currency="currency dealcurrencycode",
    close_on="closedate",
    is_won="isclosedwon hsisclosedwon",
    is_closed="isdealclosed hsisclosed",
    lost_reason="closedlostreason",
    won_reason="closedwonreason",
    record_owner="dealowner hubspotownerid",
    text="dealdescription description",
    said_at="createdate",
    account="primaryassociatedcompany associatedcompany associatedcompanyprimary primarycompany",
    account_id="associatedcompanyids associatedcompanyid",
    contact="associatedcontact",
)
HUBSPOT_COMPANY = columns_of(
    account_id="recordid companyid hsobjectid id",
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
HUBSPOT_CONTACT = columns_of(
    contact_id="recordid contactid hsobjectid id",
    contact="fullname name",
    first_name="firstname",
    last_name="lastname",
    email="email",
    title="jobtitle",
    account="associatedcompany companyname primarycompany company",
    account_id="associatedcompanyids associatedcompanyid",
)
ZENDESK_CSV = columns_of(
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
    closed_at="solvedat",
    record_owner="assignee",
    text="description",
)
