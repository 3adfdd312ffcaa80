"""How many decisions a second, beside others in the same run on the same database."""
