"""What pages read of themes: the list, the pieces of one theme, its past, the pool, the runs."""
