"""Gate meetings: when gatekeepers sit together, over what, and the one screen they sit before."""
