"""The customers' door: how contacts sign in, what they may do, and what stands around their pages."""
