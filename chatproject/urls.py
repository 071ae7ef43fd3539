from django.urls import include, path

from chat.admin.site import site

urlpatterns = [
    path("admin/", site.urls),
    path("accounts/", include("chat.accounts.urls")),
    path("", include("chat.urls")),
]
