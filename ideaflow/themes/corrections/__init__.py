"""What people decide about themes: each decision one transaction, with its way back."""
