"""The roles a membership can give, and which of them exclude each other."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    STAFF = "staff", _("Responsible staff")
    SECTION_HEAD = "section_head", _("Section head")
    LEADER = "leader", _("Responsible leader")
    UNIT_HEAD = "unit_head", _("First responsible person")
    OFFICE = "office", _("Rectification office")
    INSPECTION_OFFICE = "inspection_office", _("Inspection office")
    AUDITOR = "auditor", _("Auditor (read only)")
    SYSTEM_OFFICER = "system_officer", _("System administrator")
    SECURITY_OFFICER = "security_officer", _("Security administrator")
    AUDIT_OFFICER = "audit_officer", _("Audit administrator")


# The three officers (三员): whoever holds one of these holds nothing else.
OFFICERS = frozenset({Role.SYSTEM_OFFICER, Role.SECURITY_OFFICER, Role.AUDIT_OFFICER})
# These belong to one section; all others to a unit and what lies below it.
OF_A_SECTION = frozenset({Role.STAFF, Role.SECTION_HEAD})
# These see every item of their unit and of the units below it.
SEE_THE_UNIT = frozenset(
    {
        Role.LEADER,
        Role.UNIT_HEAD,
        Role.OFFICE,
        Role.INSPECTION_OFFICE,
        Role.AUDITOR,
        Role.AUDIT_OFFICER,
    }
)
# These answer for a unit: word that was not heeded goes up to them.
ABOVE_THE_HEADS = frozenset({Role.LEADER, Role.UNIT_HEAD})
# These have the record verified, and change nothing.
VERIFY_THE_RECORD = frozenset({Role.AUDITOR, Role.AUDIT_OFFICER})
