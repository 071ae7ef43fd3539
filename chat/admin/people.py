from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.actions import accounts, people
from chat.admin.base import ActionAdmin, ModelForm, actor_of
from chat.admin.site import site
from chat.admin.verbs import Verb, for_a_reason, to_each
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
        return _checked(self.cleaned_data["password"], self.instance)


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


@admin.register(User, site=site)
class PersonAdmin(ActionAdmin):
    list_display = ("username", "email", "is_active", "banned_at", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", ("banned_at", admin.EmptyFieldListFilter), "is_staff")
    search_fields = ("username", "email")
    ordering = ("username",)
    actions = ("let_back_in", "deactivate", "ban")
    shown = ("username", "standing", "last_login", "date_joined")

    @admin.display
    def standing(self, person: User) -> str:
        if person.banned_at is not None:
            return f"Banned: {person.ban_reason}"
        return "Active" if person.is_active else "Deactivated"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        return super().get_form(request, obj, change, form=PersonForm if change else NewPersonForm, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ("username", "email", "password")
        if not self._may_change(request, obj):
            return (*self.shown, "email", *RIGHTS)
        return (*self.shown, "email", "new_password", *RIGHTS)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return ()
        return self.shown if request.user.is_superuser else (*self.shown, *RIGHTS)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or self._may_change(request, obj))

    def _may_change(self, request: HttpRequest, person: User) -> bool:
        # One's own account has its own pages; a colleague's is for superusers.
        return person.pk != request.user.pk and (bool(request.user.is_superuser) or not person.is_staff)

    def perform(self, request: HttpRequest, row: User, form: Any) -> User:
        actor, data = actor_of(request), form.cleaned_data
        if row.pk is None:
            return people.create_person(
                person_id=actor, username=data["username"], email=data["email"], password=data["password"]
            )
        if "email" in form.changed_data:
            people.change_email(person_id=actor, user_id=row.pk, email=data["email"])
        if data["new_password"]:
            people.set_password(person_id=actor, user_id=row.pk, password=data["new_password"])
        if set(form.changed_data).intersection(RIGHTS):
            people.set_rights(
                person_id=actor,
                user_id=row.pk,
                staff=data["is_staff"],
                superuser=data["is_superuser"],
                permission_ids=[each.pk for each in data["user_permissions"]],
            )
        return row

    @admin.action(description="Let back in", permissions=["change"])
    def let_back_in(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_active(request, rows, active=True, done="Let back in")

    @admin.action(description="Deactivate", permissions=["change"])
    def deactivate(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        self._set_active(request, rows, active=False, done="Deactivated")

    def _set_active(self, request: HttpRequest, rows: QuerySet[User], *, active: bool, done: str) -> None:
        actor = actor_of(request)
        to_each(
            self,
            request,
            rows,
            lambda row: accounts.set_active(person_id=actor, user_id=row.pk, active=active),
            done=done,
        )

    @admin.action(description="Ban", permissions=["change"])
    def ban(self, request: HttpRequest, rows: QuerySet[User]) -> HttpResponse | None:
        actor = actor_of(request)
        verb = Verb(
            name="ban",
            title="Ban people",
            warning="They are signed out everywhere at once and cannot sign in. What they wrote stays.",
            button="Ban",
            done="Banned",
            describe=lambda row: row.username,
            act=lambda row, reason: accounts.ban(person_id=actor, user_id=row.pk, reason=reason),
        )
        return for_a_reason(self, request, rows, verb)
