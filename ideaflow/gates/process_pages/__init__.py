"""Pages on which processes are read, written, published, chosen and taken along."""
