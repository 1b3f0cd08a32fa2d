"""Launches: what we sell, ready by channel and region; the seller's card; what we promised."""
