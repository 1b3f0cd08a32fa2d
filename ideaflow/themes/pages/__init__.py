"""Pages of themes, one module a page, and the parts that they share."""
