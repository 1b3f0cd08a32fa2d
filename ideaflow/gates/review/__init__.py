"""Gate reviews: seats, frozen packs, scorecards, votes, signed decisions and their conditions."""
