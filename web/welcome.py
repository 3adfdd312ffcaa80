"""The one thing to do first, and what each role will see, in a sentence a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from core.roles import Role

if TYPE_CHECKING:
    from django.utils.functional import Promise

FIRST: dict[Role, Promise] = {
    Role.OFFICE: _(
        "Import the ledger, then assign its drafts. What section heads approve comes back to you"
        " under “Waiting for me”."
    ),
    Role.SECTION_HEAD: _(
        "Decide what your section submitted: read the evidence beside each measure, then approve"
        " it or return it with what is required."
    ),
    Role.STAFF: _(
        "Open the first item below, sign for it, hand in evidence for each measure and submit it"
        " for review."
    ),
    Role.LEADER: _("See which items of your line are overdue, and who has them."),
    Role.UNIT_HEAD: _("Decide what waits for you, then open the board to see how far the unit is."),
    Role.INSPECTION_OFFICE: _("Open the board to see how far each unit is."),
    Role.AUDITOR: _("Open any item: below it stands its whole trail, which nobody can change."),
    Role.SYSTEM_OFFICER: _(
        "Open an account for each person and hand over its one-time password. Roles are given by"
        " the security administrator."
    ),
    Role.SECURITY_OFFICER: _(
        "Give each new account its role. A section without a head cannot approve anything."
    ),
    Role.AUDIT_OFFICER: _("Read who did what: the trail of every person and of every item."),
}
SEES: dict[Role, Promise] = {
    Role.OFFICE: _("The whole ledger: import, assign, chase, close out."),
    Role.SECTION_HEAD: _("What the section submitted, with the evidence beside each measure."),
    Role.STAFF: _("Their own items, the days left, what came back and why."),
    Role.LEADER: _("The items of their line, and where it is red."),
    Role.UNIT_HEAD: _("What waits for the first responsible person, and the whole unit."),
    Role.INSPECTION_OFFICE: _("Every unit, and how far each of them is."),
    Role.AUDITOR: _("Everything with its trail; may change nothing."),
    Role.SYSTEM_OFFICER: _("Accounts; no content, and no roles to give."),
    Role.SECURITY_OFFICER: _("Roles; opens no account and approves nothing."),
    Role.AUDIT_OFFICER: _("The record of every person and item; may change nothing."),
}


def leading_role(roles: frozenset[str]) -> Role | None:
    """The role whose first page somebody with several roles gets."""
    return next((role for role in FIRST if role in roles), None)
