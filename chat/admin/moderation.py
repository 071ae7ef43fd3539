from django.contrib import admin

from chat.admin.base import ReadOnlyAdmin
from chat.admin.site import site
from chat.models import ModerationEvent


@admin.register(ModerationEvent, site=site)
class ModerationEventAdmin(ReadOnlyAdmin):
    list_display = ("at", "actor", "action", "target", "reason")
    list_filter = ("action", "at")
    list_select_related = ("actor",)
    search_fields = ("actor__username", "target", "reason")
