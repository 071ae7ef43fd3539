"""allauth's forms with Parley's labels, and with what browsers and password managers need to know."""

from typing import Any

from allauth.account import forms
from django.forms import Field, Form


class PageForm(Form):
    """A form of an account page: the first field has the focus, no placeholder repeats a label."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"
            field.widget.attrs.pop("placeholder", None)
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True

    def _describe(self, name: str, label: str, help_text: str = "", **attrs: str) -> None:
        field: Field = self.fields[name]
        field.label, field.help_text = label, help_text
        field.widget.attrs |= attrs


_PLAIN = {"autocapitalize": "none", "autocorrect": "off", "spellcheck": "false"}
_STRONG = "At least 10 characters, not easy to guess."


class LoginForm(PageForm, forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._describe("login", "Username or e-mail", autocomplete="username", **_PLAIN)
        self._describe("password", "Password")

    def user_credentials(self) -> dict[str, str]:
        credentials: dict[str, str] = super().user_credentials()
        if "email" in credentials:
            # No username looks like an address; tried as both, a known address would take longer to refuse.
            credentials.pop("username", None)
        return credentials


class SignupForm(PageForm, forms.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._describe("username", "Username", "What others see and mention, like ana or ben.k.", **_PLAIN)
        self._describe("email", "E-mail", "For resetting your password, nothing else.")
        self._describe("password1", "Password", _STRONG)
        self._describe("password2", "Password again")


class ChangePasswordForm(PageForm, forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._describe("oldpassword", "Current password")
        self._describe("password1", "New password", _STRONG)
        self._describe("password2", "New password again")


class SetPasswordForm(PageForm, forms.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._describe("password1", "Password", _STRONG)
        self._describe("password2", "Password again")


class ResetPasswordForm(PageForm, forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._describe("email", "E-mail")


class ResetPasswordKeyForm(PageForm, forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._describe("password1", "New password", _STRONG)
        self._describe("password2", "New password again")


class AddEmailForm(PageForm, forms.AddEmailForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._describe("email", "New e-mail")


class ReauthenticateForm(PageForm, forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._describe("password", "Password")
