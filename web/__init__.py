"""Pages: Django templates and htmx over the actions and queries."""
