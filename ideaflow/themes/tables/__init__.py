"""Tables beside those of `models`: levels and the map, vectors, candidates, questions, suggestions."""
