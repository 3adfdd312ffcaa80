"""Drills: processes killed at their worst moment, again and again, and what must be left."""
