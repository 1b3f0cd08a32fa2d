"""Customer organisations with their contacts, opportunities and cases."""
