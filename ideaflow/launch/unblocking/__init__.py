"""What opportunities wait for: their gaps, how much of an amount each gap holds back, and who says so."""
