from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EvidenceConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "evidence"
    verbose_name = _("Evidence")

    def ready(self) -> None:
        from evidence import previews, texts  # noqa: F401 -- register what is derived from files
        from evidence.prints import keeping  # noqa: F401 -- the same
