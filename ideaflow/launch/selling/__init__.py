"""What a seller knows before a call: may I sell it here, who asked, what it is worth, what to say."""
