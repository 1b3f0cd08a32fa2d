"""What nobody would call an inbox: each gives a clear result or a clear error, and none takes for ever."""

import signal

import numpy as np
import pytest

from embeddings.engine import discover
from embeddings.pleasantries import says_nothing
from embeddings.records import NOISE, Encoded, EngineError
from embeddings.statements import split
from tests.embeddings import corpus

LONG = 100_000
PATIENCE = 120
SCRIPTS = [
    "Das WLAN fällt ständig aus", "Le wifi tombe tout le temps", "Wi-Fi постоянно отключается",
    "无线网络总是断开", "無線LANがよく切れます", "واي فاي ينقطع دائما", "ה-WiFi נופל כל הזמן",
    "वाई-फाई बार-बार कट जाता है",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_hanging():
    """End a test that would never end."""

    def stop(*_):
        raise AssertionError(f"It took longer than {PATIENCE} s.")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def sound(found, texts):
    """Return the themes of a run whose numbers agree with each other."""
    assert len(found.labels) == len(found.strengths) == len(texts)
    assert np.isfinite(found.strengths).all()
    members = [row for one in found.clusters for row in one.rows]
    assert sorted(members) == np.flatnonzero(found.labels != NOISE).tolist()
    assert all(one.title for one in found.clusters)
    areas = [label for area in found.areas for label in area.clusters]
    assert sorted(areas) == sorted(one.label for one in found.clusters)
    assert all(set(part.rows) <= set(found.clusters[part.clusters[0]].rows) for part in found.parts)
    assert sum(found.report.left_out.values()) == (found.labels == NOISE).sum()
    return found.clusters


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["Dark mode, please"],
        ["Dark mode, please", "The invoice lacks a VAT number"],
        [""],
        ["", " ", "\n"],
    ],
)
def test_hardly_anything_said_is_no_theme(encoder, texts):
    assert sound(discover(texts, encoder=encoder), texts) == ()


@pytest.mark.parametrize("count", range(2, 9))
def test_a_few_texts_that_have_nothing_in_common_are_no_theme(encoder, count):
    texts = [
        "Dark mode, please", "The invoice lacks a VAT number", "Our driver cannot reach the scanner",
        "Delivery notes arrive in the wrong language", "Single sign-on loops back to the login page",
        "CSV export times out", "My phone was stolen in Lisbon", "How do I bake bread with rye flour?",
    ][:count]  # fmt: skip
    assert sound(discover(texts, encoder=encoder), texts) == ()


def test_two_texts_that_say_the_same_are_a_theme(encoder):
    texts = ["Please add a dark mode", "We want a dark mode"]
    assert len(sound(discover(texts, encoder=encoder), texts)) == 1


@pytest.mark.parametrize("count", [1_000, 30_000])
def test_the_same_text_however_often_is_one_theme(encoder, count):
    texts = ["Please add a dark mode"] * count
    [theme] = sound(discover(texts, encoder=encoder), texts)
    assert theme.size == count


@pytest.mark.parametrize(
    "text",
    [
        (" ".join(corpus.TEXTS) + " ") * 40, "x" * LONG, "word " * LONG, "I want this.\n\n" * LONG,
        "> a\n" * LONG, "- " * LONG, "From: a@b.example\n" * LONG, "<div>" * LONG, "\n" * LONG, "." * LONG,
        "12 " * LONG, "😀" * LONG, "的" * LONG,
    ],
)  # fmt: skip
def test_a_text_of_100_000_characters_is_split_and_read(encoder, text):
    text = text[:LONG]
    pieces = split(text)
    assert all(text[one.start : one.end] for one in pieces)
    texts = [*corpus.TEXTS[:10], text, *(one.text for one in pieces[:50] if not says_nothing(one.text))]
    sound(discover(texts, encoder=encoder), texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["😀", "😀😀", "👍", "🔥🔥", "😡"] * 20,
        [chr(0x1F600 + number % 60) * (1 + number // 60) for number in range(200)],
        ["?!", "…", "—", "12.5 %", "😀 5/5"] * 12,
    ],
)
def test_signs_alone_are_no_theme_and_the_run_says_why(encoder, texts):
    found = discover(texts, encoder=encoder)
    assert sound(found, texts) == ()
    assert found.report.left_out["wordless"] == len(texts)


def test_signs_do_not_disturb_what_others_say(encoder):
    texts = corpus.TEXTS + ["😀", "👍👍"] * 10
    found, alone = discover(texts, encoder=encoder), discover(corpus.TEXTS, encoder=encoder)
    assert len(sound(found, texts)) == len(sound(alone, corpus.TEXTS))
    assert set(found.labels[len(corpus.TEXTS) :].tolist()) == {NOISE}


def test_mixed_scripts_make_themes_with_titles_in_them(encoder):
    texts = [f"{one} {number}" for number in range(12) for one in SCRIPTS]
    themes = sound(discover(texts, encoder=encoder), texts)
    written = " ".join(texts).lower()
    assert themes
    assert all(word.lower() in written for one in themes for word in one.title.split())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("view", ["mean", "mean4"])
@pytest.mark.parametrize("rows", [[3], range(40)])
def test_vectors_without_numbers_are_refused_with_what_to_do(encoder, value, view, rows):
    right = encoder.encode(corpus.TEXTS)
    views = {"mean": right.mean.copy(), "mean4": right.mean4.copy()}
    views[view][list(rows)] = value
    with pytest.raises(EngineError, match=r"Text \d+ .*without numbers.*Read it again.*models check"):
        discover(corpus.TEXTS, vectors=Encoded(**views), encoder=encoder)


def test_vectors_of_no_direction_leave_the_words(encoder):
    nothing = np.zeros((len(corpus.TEXTS), 384), np.float32)
    sound(discover(corpus.TEXTS, vectors=Encoded(nothing, nothing), encoder=encoder), corpus.TEXTS)


@pytest.mark.parametrize(("count", "least", "most"), [(40, 4, 8), (50, 4, 12), (500, 8, 40)])
def test_few_texts_and_many_have_a_sensible_number_of_themes(encoder, count, least, most):
    """Five needs said in eight ways each; in a larger inbox every customer adds where it happens."""
    places = [
        "in the warehouse", "on my phone", "since Monday", "for our Paris team", "at the second site",
        "after the update", "in the night shift", "for two of us", "every morning", "on the old laptop",
        "at the till", "with the new plan", "in German",
    ]  # fmt: skip
    texts = [
        f"{corpus.TEXTS[number % 40].rstrip('.?!')} {places[number // 40 - 1]}" if number >= 40
        else corpus.TEXTS[number]
        for number in range(count)
    ]  # fmt: skip
    found = discover(texts, encoder=encoder)
    themes = sound(found, texts)
    assert least <= len(themes) <= most
    assert len(found.areas) <= max(1, len(themes) // 2)
    assert (found.labels == NOISE).mean() <= 0.2
