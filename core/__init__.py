"""People and primitives: units, sections, users, memberships, the actor, the ways of saying no."""
