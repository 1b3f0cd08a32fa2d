"""How surely the first of a MaxDiff is the first. Pure; loads numpy."""

from collections.abc import Sequence

import numpy as np

from ideaflow.codesign.counting.ballots import Ballot
from ideaflow.codesign.counting.figures import Plan
from ideaflow.codesign.counting.sampling import drawn, sample
from ideaflow.codesign.instruments.maxdiff import MaxDiffAnswers
from ideaflow.codesign.instruments.maxdiff_tally import counts, share_of


def first_holds(ballots: Sequence[Ballot[MaxDiffAnswers]], options: Sequence[str], plan: Plan) -> float:
    """Return the share of draws of accounts in which the same option comes first, 0 to 1."""
    sums = sample(ballots).by_account(counts(ballots, options))
    first = int(np.argmax(share_of(sums.sum(axis=0))))
    return float(np.mean(np.argmax(share_of(drawn(sums, plan)), axis=-1) == first))
