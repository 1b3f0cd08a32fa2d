"""What a trend is and when there is one: counts, tests and labels. Pure rules, no database, no clock."""
