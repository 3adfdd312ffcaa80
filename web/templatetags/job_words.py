"""What a job is called, and where its rows lead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from ledger import entering, exports
from reports.archive import making
from web.templatetags import words
from workflows import verified
from workflows.actions import bulk, check_rules

if TYPE_CHECKING:
    from audit.models import Job, JobRow

register = template.Library()


@register.filter
def title(job: Job) -> str:
    if job.kind == bulk.KIND:
        verb = words.button(job.params["verb"])
        return _("%(verb)s: %(n)s items") % {"verb": verb, "n": job.total}
    if job.kind == exports.KIND:
        return _("Ledger as a workbook: %(n)s items") % {"n": len(job.params["items"])}
    if job.kind == making.KIND:
        words_of_scope = {
            "item": _("Archive of item %(no)s"),
            "problem": _("Archive of problem %(no)s: %(n)s items"),
            "round": _("Archive of the round: %(n)s items"),
        }
        told = {"no": job.params["no"], "n": len(job.params["items"])}
        return words_of_scope[job.params["scope"].partition(":")[0]] % told
    if job.kind in {entering.CONFIRM, entering.UNDO}:
        words_of = {
            entering.CONFIRM: _("Enter “%(name)s” on the ledger: %(n)s items"),
            entering.UNDO: _("Take “%(name)s” off the ledger: %(n)s items"),
        }
        return words_of[job.kind] % {"name": job.params["name"], "n": job.params["items"]}
    if job.kind == check_rules.KIND:
        told = {"code": job.params["round"], "n": job.total}
        return _("Looking for doubts in %(code)s again: %(n)s items") % told
    if job.kind == verified.KIND:
        return _("Verification of the whole record")
    return job.kind


@register.filter
def url_of(row: JobRow) -> str:
    """The page of what the row is about, where it has one this person may know of."""
    kind, _colon, key = row.ref.partition(":")
    return reverse("item", args=[key]) if kind == "item" and row.label else ""
