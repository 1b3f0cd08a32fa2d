"""What came out of an instrument, in words: one module each, from a tally to sentences for its reader.
Pure."""
