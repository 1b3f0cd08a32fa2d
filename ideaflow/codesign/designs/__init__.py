"""Drafts of a configurator session: made, forked, amended, endorsed; one of them becomes evidence."""
