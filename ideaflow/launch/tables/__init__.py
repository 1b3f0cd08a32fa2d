"""The tables of launches beside the launch itself."""
