"""Lists that say how and where we sell, by their headers: price books, training, partners, sellers, rates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ideaflow.intake.records import Kind
from ideaflow.intake.shape_columns import columns_of

WORDS = frozenset(
    [
        "text", "note", "notes", "comment", "comments", "body", "description", "feedback", "message",
        "verbatim", "subject", "ticketname", "transcript",
    ]
)  # fmt: skip
"""Headers of what customers said: a table with one of them is never a list of the market by itself."""

_PLACE = {"channel": "channel saleschannel salesroute", "region": "region salesregion territory"}
_DAYS = {
    "valid_from_on": "validfrom validfromdate effectivefrom startdate",
    "valid_until_on": "validto validuntil validuntildate validtodate effectiveto enddate",
}
_PRICE_BOOK = columns_of(
    price_book="pricebookname pricebook pricelist name",
    price_book_id="pricebook2id pricebookid id",
    is_active="isactive active",
    **_DAYS,
    **_PLACE,
)
_PRICE = columns_of(
    id="pricebookentryid id",
    price_book="pricebook2name pricebookname pricebook pricelist pricelistname",
    price_book_id="pricebook2id pricebookid",
    product_code="productcode product2productcode sku articlenumber itemcode product2id productid",
    product="product2name productname name product",
    unit_price="unitprice listprice price",
    currency="currencyisocode pricecurrency currency currencycode",
    is_active="isactive active",
    **_DAYS,
    **_PLACE,
)
_COURSE = {
    "course": "course coursename coursetitle training trainingname certification certificate",
    "passed_on": "completedon completiondate passedon datecompleted completed certifiedon certificationdate "
    "issuedon",
    "expires_on": "expireson expirydate expirationdate expiry expires validuntil",
}
_TRAINING = columns_of(
    id="recordid transcriptid enrollmentid id",
    email="email emailaddress useremail learneremail mail",
    contact="name fullname learner learnername user employee",
    is_required="required isrequired mandatory",
    status="status completionstatus result",
    region=_PLACE["region"],
    **_COURSE,
)
_PARTNER = columns_of(
    id="partnerid id",
    partner="partner partnername partnerfirm partneraccount reseller",
    is_active="isactive active",
    **_PLACE,
)
_CERTIFICATE = columns_of(
    id="certificateid recordid id",
    partner="partner partnername partnerfirm partneraccount reseller company",
    contact="person name fullname learner contact",
    email="email emailaddress mail",
    **_COURSE,
)
_SELLER = columns_of(
    email="email emailaddress selleremail mail",
    contact="seller sellername name fullname",
    is_active="isactive active",
    **_PLACE,
)
_RATE = columns_of(
    rate_on="date day ratedate rateon", currency="currency currencycode", rate="rate exchangerate fxrate",
    base="base basecurrency",
)  # fmt: skip
_ECB = columns_of(rate_on="date")


@dataclass(frozen=True, slots=True)
class MarketList:
    """One kind of list: as a :class:`shapes.Shape`, whose parameters it has."""

    name: str
    title: str
    source: str
    kind: Kind
    needs: tuple[tuple[str, ...], ...]
    columns: Mapping[str, tuple[str, ...]]


_COURSES = ("course", "coursename", "coursetitle", "training", "trainingname", "certification", "certificate")
_DONE = tuple(_COURSE["passed_on"].split())
_PARTNERS = ("partner", "partnername", "partnerfirm", "partneraccount", "reseller")
_CODES = ("productcode", "sku", "articlenumber", "itemcode")
_BOOKS = ("pricebook", "pricebookname", "pricelist", "pricelistname")
_PLACES = (("channel", "saleschannel", "salesroute"), ("region", "salesregion", "territory"))

LISTS: tuple[MarketList, ...] = (
    MarketList(
        "salesforce-pricebook-entry",
        "Salesforce price book entries",
        "salesforce",
        "price",
        (
            ("unitprice",),
            ("pricebook2id", "pricebookid", "pricebook2name"),
            ("product2id", "productid", *_CODES),
        ),
        _PRICE,
    ),
    MarketList(
        "price-list",
        "Price list",
        "price list",
        "price",
        (("unitprice", "listprice", "price"), _CODES, _BOOKS),
        _PRICE,
    ),
    MarketList(
        "salesforce-pricebook",
        "Salesforce price books",
        "salesforce",
        "price_book",
        (("id", "pricebook2id"), ("name",), ("isactive",), ("isstandard", "validfrom", "validto")),
        _PRICE_BOOK,
    ),
    MarketList(
        "partner-certificates",
        "Certificates of partners",
        "partner portal",
        "certificate",
        (_PARTNERS, _COURSES, _DONE),
        _CERTIFICATE,
    ),
    MarketList(
        "training-records",
        "Training records",
        "training",
        "training",
        (("email", "emailaddress", "useremail", "learneremail"), _COURSES, _DONE),
        _TRAINING,
    ),
    MarketList(
        "partners", "Partners", "partner portal", "partner", (_PARTNERS, _PLACES[0] + _PLACES[1]), _PARTNER
    ),
    MarketList(
        "sellers",
        "Sellers and where they sell",
        "sellers",
        "seller",
        (("email", "emailaddress", "selleremail"), *_PLACES),
        _SELLER,
    ),
    MarketList(
        "exchange-rates",
        "Exchange rates",
        "rates",
        "rate",
        (
            ("date", "day", "ratedate", "rateon"),
            ("currency", "currencycode"),
            ("rate", "exchangerate", "fxrate"),
        ),
        _RATE,
    ),
    MarketList(
        "ecb-rates",
        "Euro reference rates of the European Central Bank",
        "ecb",
        "rate",
        (("date",), ("usd",), ("jpy", "gbp", "chf")),
        _ECB,
    ),
)
