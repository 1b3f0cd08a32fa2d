"""One module an instrument: how staff define it, how a contact answers it, what its tally says. Pure.

``contract`` says what an instrument has; ``registry`` lists them. The statistics lie in ``instruments``.
"""
