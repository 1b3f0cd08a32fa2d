"""Pages of staff: a session from its draft to its evidence, one module a step."""
