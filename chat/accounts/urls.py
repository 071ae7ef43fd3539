"""The account pages there are. Names are allauth's, which its flows look up."""

from functools import wraps
from typing import Any

from allauth.account import views as stock
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache

from chat.accounts import views

KEY = r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$"


def _page(view: Any) -> Any:
    return never_cache(view.as_view(extra_context={"server_name": settings.SERVER_NAME}))


def _mailed(view: Any) -> Any:
    """A page whose address is a secret: what it loads is not told that address.

    Nor less than the origin: with `no-referrer` browsers send `Origin: null` with its form, which is refused as forged.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response: HttpResponseBase = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "strict-origin"
        return response

    return answer


urlpatterns: list[URLPattern] = [
    path("login/", _page(views.LoginView), name="account_login"),
    path("logout/", _page(stock.LogoutView), name="account_logout"),
    path("inactive/", _page(stock.AccountInactiveView), name="account_inactive"),
    path("signup/", _page(views.SignupView), name="account_signup"),
    path("reauthenticate/", _page(stock.ReauthenticateView), name="account_reauthenticate"),
    path("email/", _page(stock.EmailView), name="account_email"),
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", _mailed(_page(stock.ConfirmEmailView)), name="account_confirm_email"),
    path("password/change/", _page(views.PasswordChangeView), name="account_change_password"),
    path("password/set/", _page(views.PasswordSetView), name="account_set_password"),
    path("password/reset/", _page(stock.PasswordResetView), name="account_reset_password"),
    path("password/reset/done/", _page(stock.PasswordResetDoneView), name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        _page(stock.PasswordResetFromKeyDoneView),
        name="account_reset_password_from_key_done",
    ),
    re_path(KEY, _mailed(_page(views.PasswordResetFromKeyView)), name="account_reset_password_from_key"),
]
