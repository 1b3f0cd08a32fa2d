"""The splitting of long texts, judged on the labelled ones; and texts that are none."""

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import statements as benchmark
from embeddings import templates
from embeddings.sheet import Sheet
from embeddings.statements import left_out, split

LEAST = {"found": 0.76, "precise": 0.72, "borders": 0.73}
MOST = {"leaked": 0.21, "lost": 0.025}
HUGE = 32_000


@pytest.fixture(scope="module")
def judged():
    return benchmark.score(benchmark.read("judging"), benchmark.ours)["all"].shares()


@pytest.mark.parametrize("measure", LEAST)
def test_points_of_the_judging_half_are_found(judged, measure):
    assert judged[measure] >= LEAST[measure]


@pytest.mark.parametrize("measure", MOST)
def test_little_of_the_judging_half_leaks_or_is_lost(judged, measure):
    assert judged[measure] <= MOST[measure]


def test_knowing_the_collection_is_no_worse():
    records = [record for half in benchmark.HALVES for record in benchmark.read(half)]
    alone = benchmark.score(records, benchmark.ours)["all"].shares()
    knowing = benchmark.score(records, benchmark.knowing(records))["all"].shares()
    assert knowing["leaked"] < alone["leaked"]
    assert knowing["found"] >= alone["found"] and knowing["lost"] <= alone["lost"]


def test_the_labels_stand_in_their_texts():
    for half in benchmark.HALVES:
        records = benchmark.read(half)
        assert len(records) == 108
        for record in records:
            marked = sorted([*record["points"], *record["context"]], key=lambda one: one["start"])
            assert all(record["text"].startswith(one["text"], one["start"]) for one in marked)
            ends = [one["start"] + len(one["text"]) for one in marked]
            assert all(end <= one["start"] for end, one in zip(ends, marked[1:], strict=False))


PATTERNS = [
    "a", " ", "\n", ">", "> ", ": ", "a: ", "a:b ", "<", "<br", "<p ", "&nbsp;", "[image",
    "- ", "1) ", "?", ".", "...", "and ", " and and", "From: ", "From: x\nTo: y\n",
    "On 1 wrote", "on 1 2 3 wrote ", "am ", "Regards\n", "A B\n", "| ", "12:30 ",
    "10:02 a: b\n", "how ", "what did ", "😀", "é́", "\u202e", "你好。", "，", "שלום ", "\x00",
    "\u2028", "Mar 12, 2025 ", "x, Mar 12, 2025, 9\n", "this e-mail ", "( ",
    "response from ", "original message ", "---", "===\n", "thank you for ", "Q1 ",
    "q1 how ", "forwarded ", "von ", "+49 ",
]  # fmt: skip


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_work_grows_with_the_length_of_a_text_and_not_faster(pattern):
    def work(count):
        began = time.process_time()
        split((pattern * count)[:count])
        return time.process_time() - began

    # One of three: beside other work a processor's own count jumps.
    assert any(work(HUGE) < 8 * work(HUGE // 4) + 0.3 for _ in range(3))


PIECES = st.sampled_from(
    [*PATTERNS, "The export fails. ", "Hello,\n\n", "\n\n", "Agent: ", "Customer: ", "-- \n", "🙂🙂 "]
)


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=60, deadline=None)
def test_statements_and_what_is_left_out_keep_their_places(text):
    found, left = split(text), left_out(text)
    assert bool(found) == bool(text.strip())
    spans = sorted([(one.start, one.end) for one in found] + [(one.start, one.end) for one in left])
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert all(one.text == text[one.start : one.end] and one.text.strip() for one in found)


@given(st.text(max_size=600))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_split(text):
    assert all(one.text == text[one.start : one.end] for one in split(text))


FORM = """New request via the help page

Your name: {name}
Your role: planner
Product line: scheduling
What can we do for you?
{words}
How urgent is this for you today?
It can wait
We will be in touch within two working days and thank you for your trust."""
WORDS = [
    "The calendar shows the wrong week after New Year and everyone books the hall twice.",
    "I need a way to see who changed a booking, because nobody ever admits it here.",
    "Printing the weekly plan cuts off Sunday, which is our busiest day of all.",
    "Could cleaning get its own colour? They cannot tell it from a rehearsal now.",
    "Our choir books every Monday for a year and has to click fifty-two times for it.",
    "The key code for the side door is not in the message that the guests get from you.",
]
ITEMS = [(FORM.format(name=f"Person {chr(65 + at)}", words=words), at) for at, words in enumerate(WORDS)]


def test_a_company_s_own_form_is_known_without_a_list():
    known = templates.find(ITEMS)
    for (text, _), words in zip(ITEMS, WORDS, strict=True):
        assert " ".join(one.text for one in split(text, known)) == words
        assert "template" in {one.reason for one in left_out(text, known)}


def test_a_form_that_one_account_fills_in_again_and_again_is_no_template():
    assert templates.find((text, "one account") for text, _ in ITEMS) == frozenset()
    assert templates.find((text, None) for text, _ in ITEMS) == frozenset()


def test_the_same_words_of_many_are_no_template():
    letter = (
        "We ask you to keep the night bus.\nIt is our only way home after work.\nPlease do not cut line 9."
    )
    error = "The page says: could not load the list, error 77.\n{}"
    same = [(letter, at) for at in range(20)]
    errors = [(error.format(words), at) for at, words in enumerate(WORDS)]
    alone = [(f"The app is far too slow on my phone.\n{words}", at) for at, words in enumerate(WORDS)]
    for items in (same, errors, alone):
        known = templates.find(items)
        for text, _ in items:
            sheet = Sheet.of(text)
            templates.mark(sheet, known)
            assert sheet.left() == []


def test_a_text_of_nothing_but_templates_keeps_its_words():
    known = templates.find(ITEMS)
    empty = "Your role: planner\nProduct line: scheduling\nHow urgent is this for you today?"
    assert split(empty, known)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("The lift is stuck again, for the third day.\n\nKind regards\nMaria Lopes\nCaretaker", "signature"),
        (
            "The lift is stuck.\n\nAm 3.3.2025 um 9:00 schrieb Hilfe <help@a.example>:\n> Guten Tag",
            "quoted mail",
        ),
        ("Dear Sir or Madam,\n\nThe lift is stuck again, for the third day.", "greeting"),
        ("Customer: the lift is stuck\nAgent: I am sorry to hear that\nCustomer: third day now", "agent"),
        (
            "The lift is stuck.\n\nThis e-mail is confidential and intended solely for the addressee.",
            "footer",
        ),
        ("Site: north\nUnit: 14\nFloor: 3\nProblem: the lift is stuck again", "form label"),
    ],
)
def test_what_is_left_out_says_why(text, reason):
    assert reason in {one.reason for one in left_out(text)}


def test_a_forwarded_mail_is_what_is_said_and_a_quoted_one_is_not():
    mail = "From: {}\nSent: Monday 3 March\nTo: me\nSubject: lift\n\nThe lift is stuck again. Nobody came."
    passed_on = "FYI, see below from one of our tenants.\n\n" + mail.format("Ines <ines@home.example>")
    answered = "Yes please, come on Tuesday at ten.\n\n" + mail.format("Support <support@lift.example>")
    assert any("stuck" in one.text for one in split(passed_on))
    assert not any("stuck" in one.text for one in split(answered))
