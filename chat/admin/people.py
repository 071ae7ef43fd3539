from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.actions import accounts, people
from chat.admin.base import ActionAdmin, actor_of
from chat.admin.person_forms import RIGHTS, NewPersonForm, PersonForm
from chat.admin.site import site
from chat.admin.verbs import Verb, for_a_reason, to_each
from chat.models import User


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
