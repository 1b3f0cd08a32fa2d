"""No title holds a person's name, a number or an address, whoever plants one where."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embeddings import private
from embeddings.name import names
from embeddings.persons import Persons

NEEDS = [
    "The label printer queue is stuck again",
    "Our label printer queue stops without a message",
    "When the label printer queue hangs nobody is told",
    "Please look at the label printer queue, it stalls every night",
    "I found the label printer queue empty",
]
FIRST = ["Anna", "Mehmet", "Priya", "Sean", "Jürgen", "Zofia", "Thomas", "Chloe"]
FAMILY = ["Kowalski", "Brinkmann", "O'Neill", "Yildiz", "Van-Dyke", "Quistorp", "Ferreira", "Xanthou"]
SAID = [
    "Hi {0}, {2}.",
    "Dear Mr {1}, {2}.",
    "{2}.\nRegards, {0} {1}",
    "{2}, thanks. {0}",
    "I spoke to {0} {1}: {2}.",
    "Hallo Frau {1}, {2}.",
    "My name is {0} {1}. {2}.",
    "{0} {1} called. {2}.",
    "{2}, {0}",
    "{0}'s label printer queue is stuck",
]
NUMBERS = st.one_of(
    st.from_regex(r"[A-Z]{2,4}-?[0-9]{3,8}", fullmatch=True),
    st.from_regex(r"\+49 [0-9]{3} [0-9]{5,7}", fullmatch=True),
    st.from_regex(r"[0-9]{1,12}", fullmatch=True),
)
ADDRESSES = st.sampled_from(
    [
        "zarquon@vogsphere.example",
        "zarquon.vogsphere@mail.vogsphere.co.uk",
        "zarquon at vogsphere dot com",
        "https://vogsphere.example/zarquon?zarquon=1",
        "www.vogsphere.org/zarquon",
        "vogsphere.com",
        "12 Zarquon Street",
        "12 zarquon road",
        "Zarquonstraße 12",
        "70173 Vogsphere",
        "12 rue de Zarquon",
        "@zarquon_vogsphere",
        "GB29 NWBK 6016 1331 9268 19",
        "DE89370400440532013000",
    ]
)


def title_of(texts, **named):
    """Return the title and the quote of a cluster beside another one."""
    everything = [*texts, "A dark screen for the night", "The dark screen is wanted", "Give us a dark screen"]
    labels = np.array([0] * len(texts) + [1] * 3)
    vectors = np.eye(2, 8, dtype=np.float32)[labels]
    found = names(everything, vectors, labels, **named)[0]
    return found.title, everything[found.quote_row]


def words_of(text):
    return set(re.findall(r"[^\W\d_]+", text.lower()))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(FIRST), st.sampled_from(FAMILY), st.lists(st.sampled_from(SAID), min_size=3, max_size=5)
)
def test_no_title_names_a_person(first, family, ways):
    texts = [way.format(first, family, need) for way, need in zip(ways, NEEDS, strict=False)]
    title, _ = title_of(texts)
    assert not words_of(title) & words_of(f"{first} {family}")


@settings(max_examples=60, deadline=None)
@given(NUMBERS, ADDRESSES, st.booleans())
def test_no_title_holds_a_number_or_an_address(number, address, first):
    texts = [f"{number} {address} {need}" if first else f"{need} {address} {number}" for need in NEEDS]
    title, _ = title_of(texts)
    assert not re.search(r"\d|@", title)
    assert not words_of(title) & {"zarquon", "vogsphere", "zarquonstraße", "nwbk"}


@settings(max_examples=40, deadline=None)
@given(st.text(alphabet="bcdfgklmnprtvz", min_size=4, max_size=9))
def test_no_title_holds_a_name_the_caller_knows(name):
    texts = [f"{name} {need} {name}" for need in NEEDS]
    title, _ = title_of(texts, forbidden=[f"Ann {name.title()}", f"{name}.x@vogsphere.example"])
    assert name not in words_of(title)


def test_even_a_theme_of_names_alone_has_a_title_without_one():
    title, _ = title_of(["Anna Kowalski", "Anna Kowalski!", "anna kowalski 12", "Anna, Kowalski"])
    assert title == "No words"


def test_the_quote_is_one_without_personal_data_if_there_is_one():
    texts = [f"Call me, 0711 5551234: {NEEDS[0]}", f"Hi Anna, {NEEDS[1]}", NEEDS[2]]
    assert title_of(texts)[1] == NEEDS[2]
    assert title_of(texts[:2])[1] in texts


def test_a_common_word_after_thanks_is_no_person():
    persons = Persons()
    for text in ("Thanks. Invoices", "the invoices are late", "our invoices", "Thanks. Quistorp"):
        persons.learn(text)
    assert not persons.is_person("invoices")
    assert persons.is_person("quistorp")


def test_a_known_name_that_is_a_common_word_may_stand_in_a_title():
    persons = Persons(["Petra Price"])
    for text in ("the price is high", "a price for members", "Petra wrote"):
        persons.learn(text)
    assert not persons.is_person("price")
    assert persons.is_person("petra")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail anna@x.example now", "mail [mail] now"),
        ("write to anna at acme dot com", "write to [mail]"),
        ("see https://a.b/c?d=1", "see [link]"),
        ("DE89 3704 0044 0532 0130 00", "[account]"),
        ("DE00 3704 0044 0532 0130 00", "[number]"),
        ("4111 1111 1111 1111", "[card]"),
        ("4111 1111 1111 1112", "[number]"),
        ("call +49 711 5551234", "call [phone]"),
        ("at 12 Baker Street today", "at [address] today"),
        ("in der Hauptstraße 12", "in der [address]"),
        ("order ABC-12345", "order [number]"),
        ("30 users in 2 halls", "30 users in 2 halls"),
        ("a one way street", "a one way street"),
    ],
)
def test_personal_data_is_masked(text, expected):
    assert private.masked(text) == expected


def test_check_digits_tell_account_and_card_numbers():
    assert private.is_iban("GB29 NWBK 6016 1331 9268 19")
    assert not private.is_iban("GB28 NWBK 6016 1331 9268 19")
    assert private.is_card("5500 0000 0000 0004")
    assert not private.is_card("12")


def test_a_text_without_end_is_masked_in_no_time():
    for piece in ("a", "a.", "1", "a-", "1 ", "@", "a@", "A ", "A1", "zarquon dot "):
        assert isinstance(private.masked(piece * 50_000), str)
        assert isinstance(private.without(piece * 50_000), str)
