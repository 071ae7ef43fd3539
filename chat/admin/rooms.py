from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from chat.actions import rooms
from chat.admin.base import ActionAdmin, ModelForm, actor_of
from chat.admin.site import site
from chat.admin.verbs import to_each
from chat.models import Room


class NewRoomForm(ModelForm):
    class Meta:
        model = Room
        fields = ("name", "slug", "topic", "kind")
        help_texts = {"slug": "Its address. Leave it empty to make one from the name."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].required = False


@admin.register(Room, site=site)
class RoomAdmin(ActionAdmin):
    list_display = ("name", "slug", "kind", "topic", "member_count", "message_count", "archived_at")
    list_filter = ("kind", ("archived_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "slug", "topic")
    ordering = ("name",)
    actions = ("archive", "reopen")
    shown = ("slug", "kind", "created_by", "created_at", "archived_at", "member_count", "message_count")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = ModelForm if change else NewRoomForm
        return super().get_form(request, obj, change, form=form, **kwargs)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("name", "slug", "topic", "kind") if obj is None else ("name", "topic", *self.shown)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return () if obj is None else self.shown

    def perform(self, request: HttpRequest, row: Room, form: Any) -> Room:
        actor, data = actor_of(request), form.cleaned_data
        if row.pk is None:
            room, _ = rooms.create_room(
                person_id=actor,
                name=data["name"],
                slug=data["slug"],
                topic=data["topic"],
                kind=Room.Kind(data["kind"]),
            )
            return room
        return rooms.change_room(person_id=actor, room_id=row.pk, name=data["name"], topic=data["topic"])

    @admin.action(description="Archive", permissions=["change"])
    def archive(self, request: HttpRequest, rows: QuerySet[Room]) -> None:
        self._set_archived(request, rows, archived=True, done="Archived")

    @admin.action(description="Reopen", permissions=["change"])
    def reopen(self, request: HttpRequest, rows: QuerySet[Room]) -> None:
        self._set_archived(request, rows, archived=False, done="Reopened")

    def _set_archived(self, request: HttpRequest, rows: QuerySet[Room], *, archived: bool, done: str) -> None:
        actor = actor_of(request)
        to_each(
            self,
            request,
            rows,
            lambda row: rooms.change_room(person_id=actor, room_id=row.pk, archived=archived),
            done=done,
        )
