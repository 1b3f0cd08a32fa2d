"""The pages of launches, one module a page."""
