"""等保: a password has characters of three classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from core.models import User

CLASSES = 3


class ThreeClassesValidator:
    def validate(self, password: str, user: User | None = None) -> None:
        tests = (str.isdigit, str.islower, str.isupper, lambda c: not c.isalnum())
        if sum(any(map(test, password)) for test in tests) < CLASSES:
            raise ValidationError(self.get_help_text(), code="too_few_classes")

    def get_help_text(self) -> str:
        return _("Use three of: digits, small letters, capital letters, other characters.")
