"""Connectors: export files of other systems become accounts and feedback items."""
