"""allauth's views where something of Parley's happens after the form."""

from typing import Any

from allauth.account import views
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db import IntegrityError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from chat.actions import accounts
from chat.models import User


class LoginView(views.LoginView):
    """Offers an account to those who can have one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        can_sign_up = get_adapter().is_open_for_signup(self.request)
        context: dict[str, Any] = super().get_context_data(**kwargs, can_sign_up=can_sign_up)
        return context


class SignupView(views.SignupView):
    """Of two people who ask for a name at the same moment, the second is told that it is taken."""

    def closed(self) -> HttpResponse:
        return render(self.request, self.template_name_signup_closed, {"server_name": settings.SERVER_NAME})

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except IntegrityError:
            if not User.objects.filter(username=form.cleaned_data["username"]).exists():
                raise
            form.add_error("username", "This name is taken.")
            return self.form_invalid(form)  # type: ignore[no-any-return]
        return response


class RecheckMixin:
    """After a new password, the sockets of all other sessions of the person close."""

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_valid(form)  # type: ignore[misc]
        # What is checked again is the stored session: this browser's must know the new password by then.
        self.request.session.save()
        accounts.recheck(user_id=form.user.pk)
        return response


class PasswordChangeView(RecheckMixin, views.PasswordChangeView):
    pass


class PasswordSetView(RecheckMixin, views.PasswordSetView):
    pass


class PasswordResetFromKeyView(RecheckMixin, views.PasswordResetFromKeyView):
    pass
