"""Puts a scripted conversation into the database by the actions people use, and then into the past."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction

from chat.actions import memberships, messages, people, reactions, rooms
from chat.management.demo.script import Line, Script
from chat.models import Membership, Message, ModerationEvent, Room, User
from chat.protocol.shapes import Message as MessageShape

SECOND_THOUGHT = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Said:
    """A line where and when it is said."""

    room_id: int
    line: Line
    at: datetime


@transaction.atomic
def stage(*, names: tuple[str, ...], administrator: str, scripts: tuple[Script, ...], now: datetime) -> None:
    """Make the people, none with a password, and the rooms with all that was said in them. All of it or nothing."""
    ids = _make_people(names, administrator)
    by_slug = {script.slug: _make_room(script, ids) for script in scripts}
    said = sorted(
        (
            Said(by_slug[script.slug], line, at)
            for script in scripts
            for talk in script.talks
            for line, at in zip(talk.lines, talk.times(now), strict=True)
        ),
        key=lambda each: each.at,
    )
    stored = _say(said, ids)
    for script in scripts:
        _read(script, by_slug[script.slug], ids)
    _age(said, stored, began=said[0].at - timedelta(hours=1))


def _make_people(names: tuple[str, ...], administrator: str) -> dict[str, int]:
    admin = User.objects.create_superuser(administrator, _address(administrator), None)
    ids = {administrator: admin.pk}
    for name in names:
        if name != administrator:
            person = people.create_person(person_id=admin.pk, username=name, email=_address(name), password="")
            ids[name] = person.pk
    return ids


def _address(name: str) -> str:
    return f"{name}@parley.example"


def _make_room(script: Script, ids: Mapping[str, int]) -> int:
    kind = Room.Kind.PRIVATE if script.private else Room.Kind.PUBLIC
    owner, *others = script.members
    room, _ = rooms.create_room(person_id=ids[owner], name=script.name, topic=script.topic, kind=kind, slug=script.slug)
    for name in others:
        memberships.invite(person_id=ids[owner], room_id=room.pk, username=name)
    return room.pk


def _say(said: list[Said], ids: Mapping[str, int]) -> list[MessageShape]:
    submissions = [
        messages.compose(
            author_id=ids[each.line.author],
            room_id=each.room_id,
            key=uuid4(),
            body=each.line.at_first or each.line.text,
        )
        for each in said
    ]
    stored = []
    for each, answer in zip(said, messages.send_messages(submissions), strict=True):
        if isinstance(answer, Exception):
            raise answer
        stored.append(answer)
        _afterwards(each.line, answer.id, ids)
    return stored


def _afterwards(line: Line, message_id: int, ids: Mapping[str, int]) -> None:
    if line.at_first:
        text = messages.written(line.text)
        messages.edit_message(person_id=ids[line.author], message_id=message_id, text=text)
    for emoji, names in line.reactions.items():
        for name in names.split():
            reactions.set_reaction(person_id=ids[name], message_id=message_id, emoji=emoji, on=True)
    if line.deleted:
        messages.delete_message(person_id=ids[line.author], message_id=message_id)


def _read(script: Script, room_id: int, ids: Mapping[str, int]) -> None:
    said = sum(len(talk.lines) for talk in script.talks)
    for name in script.members:
        memberships.set_read(person_id=ids[name], room_id=room_id, number=said - script.unread.get(name, 0))


def _age(said: list[Said], stored: list[MessageShape], *, began: datetime) -> None:
    rows = Message.objects.in_bulk([shape.id for shape in stored])
    for each, shape in zip(said, stored, strict=True):
        row = rows[shape.id]
        row.created_at = each.at
        row.edited_at = each.at + SECOND_THOUGHT if each.line.at_first else None
        row.deleted_at = each.at + SECOND_THOUGHT if each.line.deleted else None
    Message.objects.bulk_update(rows.values(), ["created_at", "edited_at", "deleted_at"])
    User.objects.update(date_joined=began)
    Room.objects.update(created_at=began)
    Membership.objects.update(joined_at=began)
    ModerationEvent.objects.update(at=began)
