"""What we promised a customer: to whom, what, by when, on whose authority; and whether it was kept."""
