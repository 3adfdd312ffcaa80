"""What happened, chained and sealed with a key, and who is owed word of it."""
