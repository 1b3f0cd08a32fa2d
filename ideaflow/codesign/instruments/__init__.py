"""One module an instrument: what a participant answers; in ``…_tally`` what the ballots add up to.

Modules named ``…_tally``, and those they are built from, load numpy: jobs import them when they tally, no
page does.
"""
