"""What every instrument counts by: the account as the unit, intervals, groups too small to show, flags."""
