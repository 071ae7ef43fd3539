from typing import Any

from django import forms
from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password

from chat.admin.base import ModelForm
from chat.models import User

GRANTED = {
    "view_user": "See people",
    "add_user": "Create people",
    "change_user": "Change, deactivate and ban people",
    "view_room": "See all rooms",
    "add_room": "Create rooms",
    "change_room": "Change and archive rooms",
    "view_membership": "See who is in which room",
    "add_membership": "Add people to rooms",
    "change_membership": "Change roles in rooms",
    "delete_membership": "Remove people from rooms",
    "view_message": "Read all messages, those of private rooms too",
    "delete_message": "Delete messages",
    "view_moderationevent": "See the record of moderation",
}
RIGHTS = ("is_staff", "is_superuser", "user_permissions")


class PasswordField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
        super().__init__(required=False, strip=False, widget=widget, **kwargs)


class NewPersonForm(ModelForm):
    password = PasswordField(help_text="Leave it empty if they can get mail: they set one by resetting it.")

    class Meta:
        model = User
        fields = ("username", "email")

    def clean_password(self) -> str:
        # The instance is filled in later; the password must not resemble what it will be.
        person = User(username=self.cleaned_data.get("username", ""), email=self.cleaned_data.get("email", ""))
        return _checked(self.cleaned_data["password"], person)


class PersonForm(ModelForm):
    new_password = PasswordField(help_text="Leave it empty to keep theirs. A new one signs them out everywhere.")

    class Meta:
        model = User
        fields = ("email", *RIGHTS)
        widgets = {"user_permissions": forms.CheckboxSelectMultiple}
        labels = {"is_staff": "Staff", "is_superuser": "Superuser", "user_permissions": "Permissions"}
        help_texts = {
            "is_staff": "May open these pages.",
            "is_superuser": "May do everything here, and say who else may.",
            "user_permissions": "What somebody of the staff who is no superuser may do here.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "user_permissions" in self.fields:
            granted = Permission.objects.filter(content_type__app_label="chat", codename__in=GRANTED)
            field = self.fields["user_permissions"]
            field.queryset = granted.order_by("content_type__model", "codename")  # type: ignore[attr-defined]
            field.label_from_instance = lambda each: GRANTED[each.codename]  # type: ignore[attr-defined]

    def clean_new_password(self) -> str:
        return _checked(self.cleaned_data["new_password"], self.instance)


def _checked(password: str, user: User) -> str:
    if password:
        validate_password(password, user)
    return password
