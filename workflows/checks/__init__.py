"""Checks for sham rectification (疑点): what they look for, how they judge, what they found."""
