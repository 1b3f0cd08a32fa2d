"""Processes as data: what they say, their versions, and how a version is published."""
