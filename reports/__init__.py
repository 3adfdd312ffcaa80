"""Numbers and paper out: boards and figures."""
