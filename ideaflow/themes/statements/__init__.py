"""From feedback items to statements and their vectors, and to the picture of them that a run looks at."""
