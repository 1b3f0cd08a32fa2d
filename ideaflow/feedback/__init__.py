"""Feedback items, what one customer said, and the statements within them."""
