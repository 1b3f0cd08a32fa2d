"""ideaflow: the innovation function of customer relationship management."""
