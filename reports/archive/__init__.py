"""An item, a problem or a round as one ZIP that proves itself: built, handed out, verified."""
