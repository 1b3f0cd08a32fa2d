"""Who speaks: accounts and their money, segments, languages, people, and to whom one listened."""
