"""Above and below a theme, and where it lies: areas, sub-themes, the map."""
