"""The matrix of a launch: what is read for it, what rules make of that, its words and pictures."""
