"""Ideas: what customers post in the portal, who stands behind it, what is said about it, and our answer."""
