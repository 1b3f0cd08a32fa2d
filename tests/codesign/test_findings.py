"""What came out is said in words, with its doubt, and what is not known is said too."""

from random import Random

import pytest

from ideaflow.codesign.configurator.drafts_tally import convergence
from ideaflow.codesign.configurator.drafts_tally import tally as tally_drafts
from ideaflow.codesign.counting.figures import Care, NotEnough, Plan
from ideaflow.codesign.findings import buying, drafts, opinions, pairwise, prices, words
from ideaflow.codesign.instruments.buying import Offer
from ideaflow.codesign.instruments.buying_tally import tally as tally_money
from ideaflow.codesign.instruments.buying_tally import tally_votes
from ideaflow.codesign.instruments.opinions import Stance
from ideaflow.codesign.instruments.opinions_tally import tally as tally_opinions
from ideaflow.codesign.instruments.pairwise import Duel
from ideaflow.codesign.instruments.pairwise_tally import tally as tally_duels
from ideaflow.codesign.instruments.prices import PriceAnswer
from ideaflow.codesign.instruments.prices_tally import tally as tally_prices
from tests.codesign.casting import one_each
from tests.codesign.test_drafts import KIT

NAMES = {"a": "Alarm", "b": "Backup", "c": "Colour"}
FEW = NotEnough(3, 11)


def plain(finding):
    return str(finding).replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    "said",
    [
        pairwise.finding(FEW, NAMES), prices.finding(FEW, "EUR"), buying.finding(FEW, NAMES),
        buying.votes_finding(FEW, NAMES), opinions.finding(FEW, NAMES), drafts.finding(FEW, KIT, "EUR"),
    ],
)  # fmt: skip
def test_under_five_accounts_every_instrument_says_that_there_is_not_enough_data(said):
    assert str(said) == "Not enough data: 3 accounts answered. Numbers are shown from 5 accounts on."


def duels(order, accounts=30, seed=1):
    random = Random(seed)
    chance = {key: 3.0 * place for place, key in enumerate(reversed(order))}
    ballots = []
    for _ in range(accounts):
        pairs = [random.sample("abc", 2) for _ in range(6)]
        ballots.append(
            [Duel(*one, max(one, key=lambda key: chance[key] + random.gauss(0, 1))) for one in pairs]
        )
    return one_each(ballots)


def test_duels_name_the_first_with_its_interval():
    said = plain(pairwise.finding(tally_duels(duels("abc"), list("abc"), Plan(1, 300)), NAMES))
    assert said.startswith("“Alarm” matters most: it would win ")
    assert "of 100 comparisons (" in said


def test_duels_that_nobody_wins_say_so_and_so_does_the_left_side():
    even = one_each([[Duel("a", "b", "a"), Duel("b", "c", "b"), Duel("c", "a", "c")]] * 8)
    said = plain(pairwise.finding(tally_duels(even, list("abc"), Plan(1, 100)), NAMES))
    assert said.startswith("No option stands out: all intervals overlap.")
    assert "The left side won 100 % of the time (p < .001)" in said


def test_options_never_compared_and_pairs_nobody_decides_are_told():
    apart = one_each([[Duel("a", "b", "a"), Duel("a", "c", None), Duel("b", "c", None)]] * 6)
    said = plain(pairwise.finding(tally_duels(apart, list("abc"), Plan(1, 100)), NAMES))
    assert "never compared with the others" in said
    assert "In 67 % of pairs people could not decide." in said
    assert "Too new to judge, compared less than once an account: “Colour”." in said


def test_prices_are_a_band_with_its_doubt():
    answers = [PriceAnswer(10 + n, 20 + n, 30 + n, 40 + n, 5, 3) for n in range(0, 48, 4)]
    said = plain(prices.finding(tally_prices(one_each(answers), Plan(1, 300)), "EUR"))
    assert said.startswith("€")
    assert "is acceptable (95 %: €" in said
    assert "Resistance is least at €" in said
    assert "earns most (€" in said


def test_prices_that_do_not_cross_or_rise_are_told():
    answers = [PriceAnswer(10 + n, 20 + n, 30 + n, 60 + n) for n in range(6)] + [PriceAnswer(9, 8, 7, 6)] * 4
    said = plain(prices.finding(tally_prices(one_each(answers), Plan(1, 100)), "USD"))
    assert "the two curves do not cross" in said
    assert "In 40 % of answers the four prices did not rise; these are not counted." in said


OFFERS = [Offer("a", 100), Offer("b", 40), Offer("c", 60)]


def test_money_says_what_is_funded_how_surely_and_what_was_dropped():
    pledges = [{"a": 60, "b": 10}] * 2 + [{"b": 10}] * 2 + [{"c": 30}, {}]
    said = plain(buying.finding(tally_money(one_each(pledges), OFFERS, 80, Plan(1)), NAMES))
    assert said.startswith("2 of 3 options are funded: “Alarm” and “Backup”. “Alarm” has 63 % (")
    assert "is funded by a little: in " in said
    assert (
        "“Colour” came closest of the rest, with 30 of 60. 16 % of all money went to what is not funded."
        in said
    )


def test_one_account_that_pays_alone_and_a_round_that_funds_nothing_are_told():
    alone = [{"b": 40}, {"c": 1}, {}, {}, {}]
    assert "“Backup” hangs on one account’s money." in plain(
        buying.finding(tally_money(one_each(alone), OFFERS, 80, Plan(1)), NAMES)
    )
    nothing = buying.finding(tally_money(one_each([{}] * 6), OFFERS, 80, Plan(1)), NAMES)
    assert plain(nothing) == "Nothing is funded. Nobody pledged anything."


def test_what_pooling_changed_is_said():
    solo = tally_money(one_each([{"b": 10}] * 5), OFFERS, 80, Plan(1))
    pooled = tally_money(one_each([{"a": 20}] * 5), OFFERS, 80, Plan(1))
    assert buying.between_rounds(solo, pooled, NAMES) == (
        "Pooling funded “Alarm”, which budgets alone did not."
        " “Backup” had been funded alone and fell out when accounts agreed."
    )
    assert buying.between_rounds(solo, solo, NAMES) == ""


def test_votes_say_what_is_wanted_and_what_splits():
    votes = tally_votes(one_each([{"a": 5, "b": 4}] * 5 + [{"a": 3, "b": -4}] * 4), ["a", "b"], Plan(1, 300))
    said = plain(buying.votes_finding(votes, NAMES))
    assert said.startswith("“Alarm” is wanted most: 4.1 (")
    assert said.endswith("“Backup” splits them: 5 for, 4 against.")
    even = tally_votes(one_each([{"a": 3}, {"a": -3}] * 4), ["a"], Plan(1, 300))
    assert plain(buying.votes_finding(even, NAMES)) == "No option is wanted more than chance has it."


def test_opinions_say_what_all_agree_on_and_on_what_they_part():
    statements = [f"s{place}" for place in range(8)]

    def person(kind):
        camp = dict.fromkeys(statements[:5], Stance.AGREE if kind else Stance.DISAGREE)
        return camp | dict.fromkeys(statements[5:], Stance.AGREE)

    found = tally_opinions(one_each([person(n % 2) for n in range(20)]), statements, Plan(1, 100))
    said = plain(opinions.finding(found, {key: key.upper() for key in statements}))
    assert said.startswith(
        "Two groups (10 and 10 people) all agree on “S5” and “S6”, and on 1 more statement."
    )
    assert "They part most on “S0”: 92 % of one group agree, 8 % of another." in said
    same = tally_opinions(one_each([person(1)] * 8), statements, Plan(1, 50))
    assert plain(opinions.finding(same, {key: key for key in statements})).startswith(
        "There is one opinion, not several"
    )


def test_drafts_say_the_design_of_most_its_price_and_how_alike_they_grew():
    early = one_each(
        frozenset(one) for one in ({"alu", "key"}, {"steel", "code"}, {"alu"}, {"bell"}, {"steel"})
    )
    late = one_each([frozenset({"alu", "key", "light"})] * 5 + [frozenset({"steel", "code"})])
    weeks = convergence({"1": early, "2": late}, KIT)
    said = plain(drafts.finding(tally_drafts(late, KIT, Plan(1, 300)), KIT, "EUR", weeks))
    assert said.startswith("The design of most: “Aluminium” 83 % (")
    assert "The rules allow it, for €33." in said
    assert "Drafts grew more alike: likeness ." in said


def test_a_design_of_most_that_rules_forbid_names_the_nearest():
    torn = [{"alu", "code"}] * 4 + [{"alu", "key"}] * 2 + [{"steel", "code"}] * 3
    said = plain(drafts.finding(tally_drafts(one_each(map(frozenset, torn)), KIT, Plan(1, 100)), KIT, "EUR"))
    assert "The rules forbid it; the nearest they allow takes “Steel” for “Aluminium”, for €15" in said


def test_many_who_did_not_read_are_mentioned_and_few_are_not():
    care = Care(accounts=20, persons=40, proxies=0, speeding=6, straight=2, seed=1, draws=10)
    assert words.caution(care) == (
        "6 people of 40 answered in under two seconds a question, 2 always in the same place:"
        " look at the numbers without them."
    )
    assert words.caution(Care(20, 40, 0, 3, 3, 1, 10)) == ""
