"""People and primitives: units, sections, users, memberships, the actor, and the ways of saying no."""
