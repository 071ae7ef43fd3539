from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from chat.errors import ChatError

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin = admin.ModelAdmin
    ModelForm = forms.ModelForm


def actor_of(request: HttpRequest) -> int:
    """The id of the one who acts; the admin site lets nobody here who is not signed in."""
    assert request.user.pk is not None
    return request.user.pk


class ActionAdmin(ModelAdmin):
    """Pages of one noun whose forms are carried out by actions. Nothing is ever deleted from the database here.

    What an action refuses becomes a message above the form.
    """

    show_full_result_count = False
    change_form_template = "admin/chat/change_form.html"

    def perform(self, request: HttpRequest, row: Any, form: Any) -> Model:
        """Carry out a valid form, for a new row when `row.pk` is None, and return the stored row."""
        raise NotImplementedError

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.pk = self.perform(request, obj, form).pk

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        # The action did all of it; the default would write many-to-many fields past it.
        pass

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        verbs = [(name, text) for name, text in self.get_action_choices(request, []) if object_id is not None]
        try:
            return super().changeform_view(request, object_id, form_url, {"verbs": verbs} | (extra_context or {}))
        except ChatError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ActionAdmin):
    """Pages that only show."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
