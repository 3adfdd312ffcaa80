from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "workflows"
    verbose_name = _("Rectification")

    def ready(self) -> None:
        from workflows import effects  # noqa: F401 -- registers what follows an event
        from workflows.actions import (
            bulk,  # noqa: F401 -- registers how its jobs are run
            check_rules,  # noqa: F401 -- the same
            indexing,  # noqa: F401 -- registers that evidence is made findable
            verifying,  # noqa: F401 -- registers how its jobs are run
        )
