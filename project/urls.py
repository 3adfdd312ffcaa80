from django.urls import include, path

urlpatterns = [path("", include("web.urls"))]
handler400 = "web.views.faults.malformed"
handler404 = "web.views.faults.not_found"
handler500 = "web.views.faults.broken"
