"""When a theme opens a draft by itself: conditions as data, and which themes descend from which. Pure."""
