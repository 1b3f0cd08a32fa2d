"""Co-design sessions: contacts help design what a proposal promises, and what their ballots add up to."""
