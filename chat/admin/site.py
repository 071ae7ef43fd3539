from allauth.account.decorators import secure_admin_login
from allauth.account.views import LogoutView
from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache


class Administration(AdminSite):
    """The admin site. Signing in, signing out and passwords are the account pages', with their limits and checks."""

    site_header = f"{settings.SERVER_NAME} administration"
    site_title = f"{settings.SERVER_NAME} administration"
    index_title = "People, rooms and messages"

    def login(self, request: HttpRequest, extra_context: dict[str, object] | None = None) -> HttpResponse:
        response: HttpResponse = secure_admin_login(super().login)(request, extra_context)
        return response

    def logout(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        response: HttpResponse = never_cache(LogoutView.as_view())(request)
        return response

    def password_change(  # type: ignore[override]
        self, request: HttpRequest, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")


site = Administration(name="admin")
