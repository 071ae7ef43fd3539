import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest
from django.urls import reverse

from chat.actions import accounts, people
from chat.models import User

logger = logging.getLogger(__name__)

_MISMATCH = "The username or the password is wrong. Check both and try again."
_LATER = "Too many attempts. Wait five minutes, then try again."


class AccountAdapter(DefaultAccountAdapter):
    """Where allauth's flows meet Parley's actions."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "too_many_login_attempts": _LATER,
        "rate_limited": _LATER,
        "incorrect_password": "That is not your password.",
        "enter_current_password": "That is not your current password.",
        "username_taken": "This name is taken.",
        "duplicate_email": "This is your address already.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.REGISTRATION == "open" or not User.objects.exists()

    def clean_username(self, username: str, shallow: bool = False) -> str:
        return str(super().clean_username(username.lower(), shallow))

    def save_user(self, request: HttpRequest, user: User, form: Form, commit: bool = True) -> User:
        super().save_user(request, user, form, commit)
        people.welcome(user_id=user.pk)
        return user

    def logout(self, request: HttpRequest) -> None:
        user_id, session_key = request.user.pk, request.session.session_key
        assert user_id is not None
        assert session_key is not None
        accounts.end_session(user_id=user_id, session_key=session_key)
        super().logout(request)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Counted by name alone, a stranger's wrong guesses would lock its owner out. Of IPv6 a network is one stranger.
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{get_ip(request)}"

    def get_email_verification_redirect_url(self, email_address: Any) -> str:
        return reverse("account_email" if self.request.user.is_authenticated else "account_login")

    def format_email_subject(self, subject: str) -> str:
        return f"{settings.SERVER_NAME}: {subject}"

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        try:
            super().send_mail(template_prefix, email, context | {"server_name": settings.SERVER_NAME})
        except OSError:
            # The account and its password are stored whether or not the mail server takes the mail.
            logger.exception("mail could not be sent: %s", template_prefix)
            self.add_message(
                self.request,
                messages.ERROR,
                message="The mail could not be sent. Tell whoever runs this server, and try again later.",
            )
