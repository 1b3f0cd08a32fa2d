"""The desk of who triages: views they saved, and who looks at what right now."""
