"""The role table: every address, and who may ask for it. An address without a row is refused.

A row opens the page; which rows and buttons it shows is decided by scoping
querysets and policy. `POST` rows open the form; the action still insists.
"""

from __future__ import annotations

from core.roles import ABOVE_THE_HEADS, SEE_THE_UNIT, VERIFY_THE_RECORD, Role

ANYONE = None
BUSINESS = frozenset(
    {
        Role.STAFF,
        Role.SECTION_HEAD,
        Role.LEADER,
        Role.UNIT_HEAD,
        Role.OFFICE,
        Role.INSPECTION_OFFICE,
    }
)
READERS = BUSINESS | {Role.AUDITOR, Role.AUDIT_OFFICER}
ACTING = frozenset({Role.STAFF, Role.SECTION_HEAD, Role.LEADER, Role.UNIT_HEAD, Role.OFFICE})
OFFICE = frozenset({Role.OFFICE})
SUPERVISING = OFFICE | ABOVE_THE_HEADS
URGING = SUPERVISING | {Role.SECTION_HEAD, Role.STAFF, Role.INSPECTION_OFFICE}
"""Staff and the inspection office urge whoever decides on what they asked for."""
DECIDING = ACTING - {Role.STAFF}
"""Who decides by their post; staff only where somebody asks them."""
INSPECTION = frozenset({Role.INSPECTION_OFFICE})
"""Of all acts on an item it may ask to reopen one."""
KEEPING = OFFICE | INSPECTION | {Role.UNIT_HEAD}
"""Who answers for what is kept, and decides on what is destroyed."""
SYSTEM = frozenset({Role.SYSTEM_OFFICER})
SECURITY = frozenset({Role.SECURITY_OFFICER})
PEOPLE = SYSTEM | SECURITY | {Role.OFFICE, Role.AUDIT_OFFICER}
RECORD = frozenset({Role.OFFICE, Role.AUDITOR, Role.AUDIT_OFFICER})
SEALING = RECORD - {Role.AUDITOR}
"""A seal changes nothing that was recorded; the auditor reads only."""
EVERYBODY = frozenset(Role)
"""Whoever is logged in and holds any role; somebody without a role sees only their account."""
LOGGED_IN = frozenset({"*"})

# url name -> {method: roles}
TABLE: dict[str, dict[str, frozenset[str] | None]] = {
    "login": {"GET": ANYONE, "POST": ANYONE},
    "logout": {"POST": LOGGED_IN},
    "language": {"POST": ANYONE},
    "home": {"GET": LOGGED_IN},
    "banner": {"POST": LOGGED_IN},
    "account": {"GET": LOGGED_IN},
    "password": {"POST": LOGGED_IN},
    "channels": {"POST": LOGGED_IN},
    "search": {"GET": LOGGED_IN},
    "inbox": {"GET": LOGGED_IN},
    "notice": {"POST": LOGGED_IN},
    "notices_read": {"POST": LOGGED_IN},
    "faults": {"GET": SYSTEM | OFFICE},
    "faults_count": {"GET": OFFICE},
    "resend": {"POST": SYSTEM | OFFICE},
    "derive_again": {"POST": SYSTEM | OFFICE},
    "record": {"GET": RECORD},
    "record_note": {"GET": RECORD},
    "record_seal": {"POST": SEALING},
    "record_verify": {"POST": VERIFY_THE_RECORD},
    "deputy_appoint": {"POST": ACTING},
    "deputy_recall": {"POST": ACTING},
    "people": {"GET": PEOPLE},
    "person": {"GET": PEOPLE},
    "person_add": {"POST": SYSTEM},
    "person_reset": {"POST": SYSTEM},
    "person_active": {"POST": SYSTEM},
    "role_grant": {"POST": SECURITY},
    "role_end": {"POST": SECURITY},
    "section_add": {"POST": OFFICE},
    "section_rename": {"POST": OFFICE},
    "rounds": {"GET": READERS},
    "round_new": {"GET": OFFICE, "POST": OFFICE},
    "round_settings": {"GET": READERS, "POST": OFFICE},
    "round_watermark": {"POST": OFFICE},
    "retention": {"GET": KEEPING | {Role.AUDITOR, Role.AUDIT_OFFICER}},
    "retention_rule": {"POST": OFFICE},
    "hold": {"POST": OFFICE | INSPECTION},
    "hold_lift": {"POST": OFFICE | INSPECTION},
    "disposal_propose": {"POST": OFFICE},
    "disposal_decide": {"POST": KEEPING},
    "ladder": {"GET": READERS, "POST": OFFICE},
    "calendar": {"GET": READERS | SYSTEM, "POST": OFFICE | SYSTEM},
    "letters": {"GET": READERS},
    "letter": {"GET": READERS},
    "letter_receipt": {"POST": BUSINESS},
    "urge": {"POST": URGING},
    "supervise": {"POST": SUPERVISING},
    "round_route": {"GET": READERS, "POST": OFFICE},
    "round_requests": {"GET": READERS, "POST": OFFICE},
    "round_bpmn": {"GET": READERS},
    "round_checks": {"GET": READERS, "POST": OFFICE},
    "round_recheck": {"POST": OFFICE},
    "flags": {"GET": READERS},
    "flags_waiting": {"GET": READERS},
    "flag": {"GET": READERS},
    "flag_answer": {"POST": ACTING},
    "flag_picture": {"GET": READERS},
    "plan": {"GET": READERS},
    "plan_put_forward": {"POST": OFFICE},
    "plan_version": {"GET": READERS},
    "plan_answer": {"POST": ACTING},
    "plan_withdraw": {"POST": OFFICE},
    "archives": {"GET": SEE_THE_UNIT, "POST": SEE_THE_UNIT},
    "plan_give": {"POST": OFFICE},
    "live": {"GET": ANYONE},
    "board": {"GET": READERS},
    "item": {"GET": READERS},
    "act": {"POST": ACTING | INSPECTION},
    "attach": {"POST": ACTING},
    "supply_evidence": {"POST": ACTING},
    "uploads": {"OPTIONS": ACTING, "POST": ACTING},
    "upload": {"GET": ACTING, "PATCH": ACTING, "DELETE": ACTING},
    "upload_drop": {"POST": ACTING},
    "relink": {"POST": ACTING},
    "withdraw_evidence": {"POST": ACTING},
    "replace_evidence": {"POST": ACTING},
    "evidence": {"GET": READERS},
    "evidence_image": {"GET": READERS},
    "evidence_view": {"GET": READERS},
    "evidence_sheet": {"GET": READERS},
    "evidence_media": {"GET": READERS},
    "signature": {"GET": READERS},
    "copy_read": {"POST": ACTING},
    "judge": {"POST": ACTING},
    "matrix": {"GET": READERS},
    "catalogue": {"GET": READERS},
    "catalogue_file": {"GET": READERS},
    "review": {"GET": ACTING},
    "request": {"GET": READERS},
    "ledger": {"GET": READERS},
    "ledger_assign": {"POST": OFFICE},
    "ledger_export": {"GET": READERS, "POST": READERS},
    "ledger_peek": {"GET": READERS},
    "bulk": {"POST": DECIDING},
    "bulk_do": {"POST": DECIDING},
    "jobs": {"GET": READERS},
    "job": {"GET": READERS},
    "job_cancel": {"POST": READERS},
    "job_file": {"GET": READERS},
    "imports": {"GET": OFFICE},
    "import_upload": {"POST": OFFICE},
    "import_preview": {"GET": OFFICE},
    "import_correct": {"POST": OFFICE},
    "import_marked": {"GET": OFFICE},
    "import_confirm": {"POST": OFFICE},
    "import_discard": {"POST": OFFICE},
    "import_undo": {"POST": OFFICE},
}
