"""What many customers say: themes with their memberships, corrections, history and trends."""
