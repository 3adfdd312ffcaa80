"""Checkpoints as people meet them: a code on paper, one line of words, the code of an act's day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import keys, notes, sealing
from audit.models import Checkpoint, Leaf, octets
from audit.notes import BadNote

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a code from paper belongs to."""

    code: str
    """In its one spelling; empty when what was typed is no code."""
    checkpoint: Checkpoint | None = None
    fault: str = ""
    """Why the checkpoint of this code is not believed; empty when it is."""


def words(checkpoint: Checkpoint) -> str:
    """For a line of paper or a cell of a workbook."""
    at = timezone.localtime(checkpoint.sealed_at).strftime("%Y-%m-%d %H:%M")
    told = {"code": checkpoint.code, "size": checkpoint.size, "at": at}
    return _("Record code %(code)s, sealed over %(size)s events at %(at)s") % told


def address(checkpoint: Checkpoint) -> str:
    """Where the code can be checked."""
    return f"{settings.SITE_URL}{reverse('record')}?code={checkpoint.code}"


def check(typed: str) -> Checked:
    code = notes.code_in(typed)
    found = Checkpoint.objects.filter(code=code).first() if code else None
    if found is None:
        return Checked(code=code)
    try:
        sealed = keys.opened(found.note)
    except BadNote as fault:
        return Checked(code=code, checkpoint=found, fault=str(fault))
    said = (sealed.code, sealed.size, sealed.root, sealed.at)
    if said != (code, found.size, octets(found.root), found.sealed_at):
        fault_ = _("The checkpoint's row does not say what was signed.")
        return Checked(code=code, checkpoint=found, fault=fault_)
    return Checked(code=code, checkpoint=found)


def reaches(subject: str, checkpoint: Checkpoint) -> int:
    """Up to which number of a chain a checkpoint covers it; 0 where it begins later."""
    under = Leaf.objects.filter(event__subject=subject, index__lt=checkpoint.size)
    last = under.order_by("-event__seq").values_list("event__seq", flat=True).first()
    return last or 0


def codes_of(subject: str, seqs: Collection[int]) -> dict[int, str]:
    """The code of the first checkpoint over each of these events; without those not sealed yet."""
    first = Checkpoint.objects.filter(size__gt=OuterRef("index")).order_by("size")
    leaves = Leaf.objects.filter(event__subject=subject, event__seq__in=list(seqs))
    rows = leaves.annotate(code=Subquery(first.values("code")[:1]))
    return {seq: code for seq, code in rows.values_list("event__seq", "code") if code}


def latest_words() -> str:
    """The line for the newest seal; empty while there is none."""
    last = sealing.latest()
    return words(last) if last else ""
