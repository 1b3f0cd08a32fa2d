"""The card inside a CRM: a frame that knows its reader by a token of theirs, never by our session."""
