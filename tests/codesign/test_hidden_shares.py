"""Shares of options that would tell what a few accounts chose are hidden, in the whole and by segment."""

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.kinds.drafts_hiding import hidden_of
from ideaflow.codesign.kinds.registry import INSTRUMENTS
from ideaflow.codesign.reckoning import Counted, reckon
from tests.codesign.bicycle import BICYCLE, KEYS

DRAFTS = INSTRUMENTS["drafts"]
USUAL = ("M", "29", "Disc", "Front", "Single")


def cast(segment, count, *names, first=0):
    """Let so many accounts of a segment submit the same design."""
    answers = {"design": {"options": sorted(KEYS[name] for name in names), "sketch": ""}}
    return [Ballot(f"{segment} {first + number}", answers, segment) for number in range(count)]


def keys(*names):
    return {KEYS[name] for name in names}


def test_what_fewer_than_five_accounts_chose_is_hidden_and_what_gives_it_away():
    ballots = [*cast("Food", 8, *USUAL), *cast("Food", 6, "L", *USUAL[1:], first=8),
               *cast("Food", 2, "S", "26", *USUAL[2:], first=14)]  # fmt: skip
    whole, _ = hidden_of(BICYCLE, ballots)
    assert keys("S", "L") <= whole and KEYS["M"] not in whole  # 2 alone would follow from 8 and 6.
    assert keys("26", "29") <= whole  # All but two took 29.
    assert not keys("Disc", "Single", "Double", "Front") & whole  # All or none: that tells of nobody.


def test_a_colleague_does_not_make_a_cell_larger():
    ballots = [*cast("Food", 12, *USUAL), *cast("Food", 1, "L", *USUAL[1:], first=12) * 9]
    assert KEYS["L"] in hidden_of(BICYCLE, ballots)[0]


def test_a_segment_does_not_give_away_another():
    ballots = [*cast("DACH", 10, *USUAL), *cast("DACH", 6, "L", *USUAL[1:], first=10),
               *cast("UK", 2, *USUAL), *cast("UK", 9, "L", *USUAL[1:], first=2)]  # fmt: skip
    whole, by_segment = hidden_of(BICYCLE, ballots)
    assert not keys("M", "L") & whole
    # 12 took M, 10 of them in DACH: told of DACH, that tells of the two in the UK.
    assert {(KEYS[name], segment) for name in ("M", "L") for segment in ("DACH", "UK")} <= by_segment


def test_hidden_numbers_stand_nowhere_in_the_result():
    ballots = [*cast("Food", 12, *USUAL), *cast("Food", 3, "L", *USUAL[1:], first=12)]
    result = reckon(DRAFTS, BICYCLE, [Counted(one) for one in ballots], 1, draws=50)
    rows = {one["option"]: one for one in result["whole"]["rows"]}
    assert rows[KEYS["L"]]["share"] is rows[KEYS["M"]]["share"] is None
    assert rows[KEYS["Disc"]]["share"] == 1
    assert "“Disc”" in result["finding"]["lead"]
    assert "%" not in result["finding"]["lead"] and "bare" not in result["whole"]
    told = [one["name"] for one in DRAFTS.picture(BICYCLE, result["whole"]).data["rows"]]
    assert "L" not in told and "Disc" in told
    table = {row[1]: row[3] for row in DRAFTS.table(BICYCLE, result["whole"]).rows}
    assert table["L"] == table["M"] == "hidden"
