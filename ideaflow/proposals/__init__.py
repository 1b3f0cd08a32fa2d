"""What we might build: proposals with their evidence and scores."""
