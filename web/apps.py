from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "web"

    def ready(self) -> None:
        """Logins are recorded however they come about, also before the first address is asked."""
        from web.views import session  # noqa: F401
