from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import Truncator

from chat.actions import messages
from chat.admin.base import ReadOnlyAdmin, actor_of
from chat.admin.site import site
from chat.admin.verbs import Verb, for_a_reason
from chat.models import Message


@admin.register(Message, site=site)
class MessageAdmin(ReadOnlyAdmin):
    """Text is shown as it was written, never as the HTML that the page shows."""

    list_display = ("created_at", "room", "number", "author", "excerpt")
    list_display_links = ("created_at", "excerpt")
    list_filter = (("deleted_at", admin.EmptyFieldListFilter),)
    list_select_related = ("room", "author")
    search_fields = ("body", "author__username", "room__name", "room__slug")
    search_help_text = "Words of the text, a username or a room"
    ordering = ("-pk",)
    actions = ("delete_as_moderator",)
    fields = (
        "room",
        "number",
        "author",
        "created_at",
        "edited_at",
        "text",
        "deleted_at",
        "deleted_by",
        "deletion_reason",
    )
    readonly_fields = ("text",)

    @admin.display(description="text")
    def text(self, message: Message) -> str:
        return "(deleted)" if message.deleted_at else message.body

    @admin.display(description="text")
    def excerpt(self, message: Message) -> str:
        return Truncator(self.text(message)).chars(120)

    def has_moderate_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("chat.delete_message")

    @admin.action(description="Delete as moderator", permissions=["moderate"])
    def delete_as_moderator(self, request: HttpRequest, rows: QuerySet[Message]) -> HttpResponse | None:
        actor = actor_of(request)
        verb = Verb(
            name="delete_as_moderator",
            title="Delete messages",
            warning="Their text is gone for everybody, for good. Who has seen them sees that they were deleted.",
            button="Delete",
            done="Deleted",
            describe=lambda row: f"{row.author.username} in {row.room.name}: {self.excerpt(row)}",
            act=lambda row, reason: messages.delete_message_as_staff(person_id=actor, message_id=row.pk, reason=reason),
        )
        return for_a_reason(self, request, rows.select_related("room", "author"), verb)
