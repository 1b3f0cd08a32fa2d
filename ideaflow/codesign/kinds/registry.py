"""The instruments there are, in the order staff choose from."""

from collections.abc import Mapping

from ideaflow.codesign.kinds.buying import Buying
from ideaflow.codesign.kinds.contract import Instrument
from ideaflow.codesign.kinds.drafts import Drafts
from ideaflow.codesign.kinds.kano import Kano
from ideaflow.codesign.kinds.maxdiff import MaxDiff
from ideaflow.codesign.kinds.opinions import Opinions
from ideaflow.codesign.kinds.pairwise import Pairwise
from ideaflow.codesign.kinds.prices import Prices

INSTRUMENTS: Mapping[str, Instrument] = {
    one.key: one for one in (Drafts(), MaxDiff(), Kano(), Pairwise(), Buying(), Prices(), Opinions())
}
"""By key."""
