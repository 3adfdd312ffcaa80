from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "evidence"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        from evidence import (
            destruction,  # noqa: F401 -- registers how bytes are deleted for good
            previews,  # noqa: F401 -- registers what is derived from files
            sealing,  # noqa: F401 -- registers how they are put under lock
            texts,  # noqa: F401 -- registers what is derived, too
        )
        from evidence.prints import keeping  # noqa: F401 -- the same
