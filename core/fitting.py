"""Whether a row fits its own columns, asked before the database is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.refusals import Unmet

if TYPE_CHECKING:
    from django.db.models import Model


def insist(row: Model, *fields: str) -> None:
    """Unmet when one of the named fields is empty, too long, or not what it should be."""
    others = [field.name for field in row._meta.fields if field.name not in fields]
    try:
        row.clean_fields(exclude=others)
    except ValidationError as wrong:
        raise Unmet(
            _("Something in the form is not as it should be."),
            then=" ".join(wrong.messages),
            holes=[(name, " ".join(texts)) for name, texts in wrong.message_dict.items()],
        ) from wrong
