from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "audit"
    verbose_name = _("The record")

    def ready(self) -> None:
        from audit import shields

        pre_migrate.connect(shields.remove, sender=self)
        post_migrate.connect(shields.install, sender=self)
