"""The role table: every address, and who may ask for it. An address without a row is refused.

A row opens the page; which rows and buttons it shows is decided by scoping
querysets and policy. `POST` rows open the form; the action still insists.
"""

from __future__ import annotations

from core.roles import Role

ANYONE = None
BUSINESS = frozenset(
    {Role.STAFF, Role.SECTION_HEAD, Role.LEADER, Role.OFFICE, Role.INSPECTION_OFFICE}
)
READERS = BUSINESS | {Role.AUDITOR, Role.AUDIT_OFFICER}
ACTING = frozenset({Role.STAFF, Role.SECTION_HEAD, Role.LEADER, Role.OFFICE})
OFFICE = frozenset({Role.OFFICE})
PEOPLE = frozenset({Role.OFFICE, Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER})
EVERYBODY = frozenset(Role)
"""Whoever is logged in and holds any role; somebody without a role sees only their account."""
LOGGED_IN = frozenset({"*"})

# url name -> {method: roles}
TABLE: dict[str, dict[str, frozenset[str] | None]] = {
    "login": {"GET": ANYONE, "POST": ANYONE},
    "logout": {"POST": LOGGED_IN},
    "language": {"POST": ANYONE},
    "home": {"GET": LOGGED_IN},
    "account": {"GET": LOGGED_IN},
    "password": {"POST": LOGGED_IN},
    "live": {"GET": ANYONE},
}
