"""Carrying out an action on each selected row, with a reason where one must be kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from chat.admin.base import ActionAdmin
from chat.errors import ChatError

MOST_ROWS = 100


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=250,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60, "autofocus": True}),
        help_text="Kept in the record of moderation. At most 250 characters.",
    )


@dataclass(frozen=True, slots=True)
class Verb:
    """Something done to rows for a reason: the words of its page, and the act itself."""

    name: str
    title: str
    warning: str
    button: str
    done: str
    describe: Callable[[Any], str]
    act: Callable[[Any, str], object]


def for_a_reason(
    model_admin: ActionAdmin, request: HttpRequest, rows: QuerySet[Any], verb: Verb
) -> HttpResponse | None:
    """Ask for the reason on a page of its own, then act; None returns to the list."""
    chosen = list(rows[: MOST_ROWS + 1])
    if len(chosen) > MOST_ROWS:
        model_admin.message_user(request, f"Choose at most {MOST_ROWS} at a time.", messages.ERROR)
        return None
    form = ReasonForm(request.POST if "reason" in request.POST else None)
    if form.is_valid():
        reason = " ".join(form.cleaned_data["reason"].split())
        to_each(model_admin, request, chosen, lambda row: verb.act(row, reason), done=verb.done)
        return None
    context = {
        **model_admin.admin_site.each_context(request),
        "title": verb.title,
        "verb": verb,
        "rows": [(row.pk, verb.describe(row)) for row in chosen],
        "form": form,
        "opts": model_admin.opts,
        "media": model_admin.media,
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/chat/for_a_reason.html", context)


def to_each(
    model_admin: ActionAdmin, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], object], *, done: str
) -> None:
    """Act on every row; tell how many it went well for, and why not for the others."""
    count = 0
    for row in rows:
        try:
            act(row)
            count += 1
        except ChatError as refusal:
            model_admin.message_user(request, f"Not done for {row}: {refusal.detail}", messages.ERROR)
    if count:
        model_admin.message_user(request, f"{done}: {count}", messages.SUCCESS)
