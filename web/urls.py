"""Every address; each has a row in web.roles.TABLE."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.i18n import set_language

from web.views import session

urlpatterns = [
    path("login/", session.LoginView.as_view(), name="login"),
    path("logout/", LogoutView.as_view(), name="logout"),
    path("language/", set_language, name="language"),
    path("live", session.live, name="live"),
]
