"""Moving running proposals to another version: planned, tried dry, approved, carried out one by one."""
