"""What clusters are called: names of things that several texts share, in their language."""

import numpy as np
import pytest

from embeddings.encode import unit
from embeddings.habits import Carriers, Habits, language, main_language
from embeddings.name import names
from embeddings.persons import Persons
from embeddings.phrases import runs, trouble
from embeddings.voices import Voices

PRINTERS = [
    "The label printer queue is stuck again.",
    "Our label printer queue stops without a message.",
    "When the label printer queue hangs, nobody is told.",
    "Hello, please look at the label printer queue of Fernhall, it stalls every night.",
    "We found the label printer queue empty of life.",
    "Somebody scanned the paper rather than restart the label printer queue.",
]


def title_of(texts, others=()):
    """Return the title of a cluster beside other clusters of one topic each."""
    everything = [*texts, *(text for some in others for text in some)]
    labels = np.repeat(np.arange(1 + len(others)), [len(texts), *map(len, others)])
    vectors = np.eye(1 + len(others), 8, dtype=np.float32)[labels]
    return names(everything, vectors, labels)[0].title


def test_a_title_is_what_several_texts_speak_of():
    assert title_of(PRINTERS) == "Label printer queue"


def test_one_odd_text_gives_no_title():
    odd = "Seasonal pricing in the renewal and a bank of user-days would be needed."
    assert title_of([odd, *PRINTERS]) == "Label printer queue"


def test_a_title_is_in_the_language_of_most():
    german = ["Die Drucker sind nicht gut und wir warten", "Die Drucker sind für uns nicht schnell und alt"]
    assert title_of([*german, *PRINTERS]) == "Label printer queue"


def test_a_name_that_all_themes_share_stands_in_no_title():
    things = ("dock board", "cold store", "pick list", "yard camera", "bay light", "bin label")
    clusters = [
        [f"We see the {one} of Fernhall {end}." for end in ("fail", "stop", "hang")] for one in things
    ]
    for place in range(len(clusters)):
        turned = clusters[place:] + clusters[:place]
        assert "Fernhall" not in title_of(turned[0], turned[1:])


def test_the_quote_makes_the_point_of_the_title():
    texts = ["Merci, great thanks!", "To the billing product team,", "Queue? Yes.", *PRINTERS]
    vectors = np.ones((len(texts), 1), np.float32)
    found = names(texts, vectors, np.zeros(len(texts), np.int64))[0]
    assert texts[found.quote_row] == "The label printer queue is stuck again."


def test_what_stands_before_a_word_tells_deeds_from_things():
    habits = Habits()
    for text in (
        "We found the error",
        "I found it",
        "they found a cable",
        "the queue",
        "our queue",
        "a queue",
    ):
        habits.learn(runs(text))
    assert habits.verb("found") > 0.5 > habits.verb("queue")
    assert habits.waits("found") > 0.5
    assert habits.fault("found the queue") > habits.fault("queue error")


def test_a_piece_of_a_sentence_reads_worse_than_a_thing():
    habits = Habits()
    for text in (
        "the broken display",
        "a broken scanner",
        "our broken printer",
        "one broken tablet came back",
    ):
        habits.learn(runs(text))
    assert habits.fault("device with broken") > habits.fault("device with display") + 2
    assert trouble("drivers they not like the kiosk") > trouble("drivers at the kiosk") + 1


def test_a_text_carries_a_phrase_in_any_order_and_number():
    texts = ["labels from our printers", "the printer has no label", "a printer"]
    carriers = Carriers([runs(text) for text in texts])
    assert carriers.count("label printer") == 2
    assert carriers.least("label printer") == 2
    assert carriers.count("of the") == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We need it on the handheld", "en"),
        ("Wir brauchen das auf dem Gerät und sind nicht allein", "de"),
        ("Nous avons besoin de la liste dans notre portail", "fr"),
        ("No podemos ver el stock de los clientes", "es"),
        ("SSO Okta", ""),
        ("", ""),
    ],
)
def test_small_words_tell_the_language(text, expected):
    assert language(text) == expected


def test_most_texts_decide_on_the_language():
    assert main_language(["de", "en", "", "en", ""]) == "en"
    assert main_language(["", ""]) == ""


def test_clusters_of_the_same_single_word_get_titles_unlike_each_other():
    texts = ["wifi wifi12", "wifi wifi13", "wifi"] * 4
    labels = np.repeat(np.arange(4), 3)
    found = names(texts, np.eye(4, 8, dtype=np.float32)[labels], labels)
    assert len({one.title for one in found}) == 4


def test_no_title_is_one_that_another_level_has():
    texts = [*PRINTERS, "A dark screen", "the dark screen", "dark screen please"]
    labels = np.array([0] * len(PRINTERS) + [1] * 3)
    vectors = np.eye(2, 8, dtype=np.float32)[labels]
    first = names(texts, vectors, labels)
    again = names(texts, vectors, labels, taken=[one.title for one in first])
    assert not {one.title for one in first} & {one.title for one in again}


def test_a_quote_speaks_of_its_title_and_says_more_beside_it():
    """One of four texts says nothing of freezers, two repeat the title, one tells the trouble."""
    texts = [
        "Nobody answered my last three letters",
        "The freezer door is a freezer door",
        "Our freezer door is the freezer door",
        "The freezer door ices up every night",
    ]
    vectors = unit(np.array([[1, 0, 0], [1, 0.1, 0], [1, 0.2, 0], [1, 0.3, 0], [0, 1, 0]], np.float32))
    centres = unit(np.array([[1, 0.1, 0], [0, 1, 0], [0, 0, 1]], np.float32))

    def embed(some):
        return unit(np.array([[1, 0, 0] if "ices" in one else [1, 1, 1] for one in some], np.float32))

    alone = Voices(texts, vectors, centres, Persons(), None)
    together = Voices(texts, vectors, centres, Persons(), embed)
    assert alone.quote([0, 1, 2, 3], 0, "Freezer door") == 1
    assert together.quote([0, 1, 2, 3], 0, "Freezer door") == 3
