"""Fingerprints of bytes: what pictures look like, what texts say, which dates a file bears.

Knows no items: what a likeness means is for `workflows` to say.
"""
