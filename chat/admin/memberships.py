from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from chat.actions import memberships
from chat.admin.base import ActionAdmin, ModelForm, actor_of
from chat.admin.site import site
from chat.admin.verbs import Verb, for_a_reason
from chat.models import Membership


class NewMembershipForm(ModelForm):
    class Meta:
        model = Membership
        fields = ("room", "user", "role")

    def _get_validation_exclusions(self) -> set[str]:
        # Somebody who left or was removed has a row already, which adding them changes.
        return {*super()._get_validation_exclusions(), "user"}  # type: ignore[misc]


@admin.register(Membership, site=site)
class MembershipAdmin(ActionAdmin):
    list_display = ("user", "room", "role", "state", "joined_at")
    list_filter = ("state", "role", "room__kind")
    list_select_related = ("user", "room")
    search_fields = ("user__username", "room__name", "room__slug")
    autocomplete_fields = ("room", "user")
    ordering = ("room__name", "user__username")
    actions = ("remove",)
    shown = ("user", "room", "state", "joined_at", "last_read_number")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = ModelForm if change else NewMembershipForm
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("room", "user", "role") if obj is None else (*self.shown, "role")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.shown

    def perform(self, request: HttpRequest, row: Membership, form: Any) -> Membership:
        act = memberships.add_as_staff if row.pk is None else memberships.set_role
        _, membership = act(
            person_id=actor_of(request),
            room_id=row.room_id,
            user_id=row.user_id,
            role=Membership.Role(form.cleaned_data["role"]),
        )
        return membership

    def has_remove_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.delete_membership")

    @admin.action(description="Remove from the room", permissions=["remove"])
    def remove(self, request: HttpRequest, rows: QuerySet[Membership]) -> HttpResponse | None:
        actor = actor_of(request)
        verb = Verb(
            name="remove",
            title="Remove people from rooms",
            warning="They cannot see the room any more, even a public one, until a moderator adds them again.",
            button="Remove",
            done="Removed",
            describe=lambda row: f"{row.user.username} in {row.room.name}",
            act=lambda row, reason: memberships.remove_member(
                person_id=actor, room_id=row.room_id, user_id=row.user_id, reason=reason
            ),
        )
        return for_a_reason(self, request, rows.select_related("user", "room"), verb)
