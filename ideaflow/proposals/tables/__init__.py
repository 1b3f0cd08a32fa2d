"""The tables of proposals beside the proposal itself; none knows another."""
