"""What pages say about themes, in words and in the numbers of pictures. No database, no clock."""
