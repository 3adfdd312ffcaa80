"""Every digest that the record or a row speaks of against the bytes that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from audit.verify import Break
from evidence import storage
from evidence.inspection.verdict import State as Inspection
from evidence.models import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable


def damaged(
    digests: dict[str, tuple[str, int, str]], destroyed: set[str], still: Callable[[], None]
) -> list[Break]:
    """Every digest the record or a row speaks of must have its bytes, or an event that ended it."""
    there: set[str] = set()
    untold: list[Break] = []
    for row in Evidence.objects.order_by("pk").iterator():
        digests.setdefault(row.digest, (f"evidence:{row.pk}", 0, row.name))
        if row.inspection != Inspection.DESTROYED:
            there.add(row.digest)
        elif row.digest not in destroyed:
            untold.append(
                Break(
                    subject=f"evidence:{row.pk}",
                    seq=0,
                    text=_("No event tells who had “%(name)s” destroyed.") % {"name": row.name},
                )
            )
    for digest, (subject, seq, name) in digests.items():
        still()
        if not (digest in destroyed - there or storage.intact(digest)):
            text = _("The bytes of “%(name)s” are missing or not what was handed in.")
            untold.append(Break(subject=subject, seq=seq, text=text % {"name": name}))
    return untold
