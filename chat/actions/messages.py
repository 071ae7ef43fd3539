"""Sending, editing and deleting messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from chat import access, markup
from chat.actions.moderation import record
from chat.delivery.publish import publish
from chat.errors import ChatError, KeyConflict, NotAllowed, NotFound
from chat.models import Membership, Message, Reaction, Room, User
from chat.models.room import save_positions
from chat.payloads import changes
from chat.payloads.messages import message as shape_of
from chat.protocol import shapes
from chat.text import clean_body


@dataclass(frozen=True, slots=True)
class Submission:
    """A message ready to be stored: checked and rendered, which needs no database."""

    author_id: int
    room_id: int
    key: UUID
    body: str
    html: str
    fingerprint: bytes


def compose(*, author_id: int, room_id: int, key: UUID, body: str) -> Submission:
    """Check and render a message. Raises `MessageEmpty`, `MessageTooLong`, `InvalidText`."""
    body = clean_body(body, limit=settings.LIMITS.message_length)
    fingerprint = blake2b(f"{room_id}\0{body}".encode(), digest_size=16).digest()
    return Submission(author_id, room_id, key, body, markup.render(body), fingerprint)


@transaction.atomic
def send_messages(submissions: Sequence[Submission]) -> list[shapes.Message | ChatError]:
    """Store many people's messages at once, in order. Each answer is the stored row or why there is none.

    A key seen before is answered by its row as it is now; with another room or body, by `KeyConflict`. The failure of
    one changes nothing for the others.
    """
    batch = _Batch(submissions)
    answers: list[Message | ChatError] = []
    for submission in submissions:
        try:
            answers.append(batch.place(submission))
        except ChatError as refusal:
            answers.append(refusal)
    batch.store()
    return [answer if isinstance(answer, ChatError) else batch.shape(answer) for answer in answers]


class _Batch:
    """What a batch of submissions needs to know, read by set, and what it adds."""

    def __init__(self, submissions: Sequence[Submission]) -> None:
        authors = {each.author_id for each in submissions}
        room_ids = {each.room_id for each in submissions}
        locked = Room.objects.select_for_update().filter(pk__in=room_ids).order_by("pk")
        self._rooms = {room.pk: room for room in locked}
        self._people = User.objects.filter(is_active=True).in_bulk(list(authors))
        self._memberships = {
            (row.user_id, row.room_id): row
            for row in Membership.objects.filter(user_id__in=authors, room_id__in=room_ids)
        }
        keys = {each.key for each in submissions}
        known = Message.objects.filter(author_id__in=authors, key__in=keys)
        self._stored = {
            (row.author_id, row.key): row for row in known.select_related("author").prefetch_related("reactions__user")
        }
        self._fresh: dict[tuple[int, UUID], Message] = {}
        self._shapes: dict[tuple[int, UUID], shapes.Message] = {}
        self._now = timezone.now()

    def place(self, submission: Submission) -> Message:
        author = self._people.get(submission.author_id)
        if author is None:
            raise NotAllowed("This account may not be used any more.")
        stored = self._stored.get((submission.author_id, submission.key))
        if stored is not None:
            if bytes(stored.fingerprint) != submission.fingerprint:
                raise KeyConflict
            return stored
        room = self._rooms.get(submission.room_id)
        if room is None:
            raise NotFound
        access.require_writer(room, self._memberships.get((submission.author_id, submission.room_id)))
        return self._add(submission, author=author, room=room)

    def _add(self, submission: Submission, *, author: User, room: Room) -> Message:
        _, seq = room.advance()
        room.message_count += 1
        message = Message(
            room_id=room.pk,
            number=room.message_count,
            seq=seq,
            author=author,
            key=submission.key,
            fingerprint=submission.fingerprint,
            body=submission.body,
            html=submission.html,
            created_at=self._now,
        )
        self._stored[submission.author_id, submission.key] = message
        self._fresh[submission.author_id, submission.key] = message
        return message

    def store(self) -> None:
        if not self._fresh:
            return
        Message.objects.bulk_create(self._fresh.values())
        grown = {message.room_id for message in self._fresh.values()}
        save_positions([self._rooms[pk] for pk in sorted(grown)])
        self._shapes = {place: shape_of(message, reactions=()) for place, message in self._fresh.items()}
        publish(
            [
                changes.message_changed(shape, prev=shape.seq - 1, message_count=shape.number, sent=True)
                for shape in self._shapes.values()
            ]
        )

    def shape(self, message: Message) -> shapes.Message:
        return self._shapes.get((message.author_id, message.key)) or shape_of(message)


@transaction.atomic
def edit_message(*, person_id: int, message_id: int, body: str) -> shapes.Message:
    """Replace the body of one's own message; the same body again changes nothing.

    Raises `NotFound`, `NotAMember`, `RoomArchived`, `NotAllowed`, `MessageDeleted` and what `compose` raises.
    """
    access.active_person(person_id)
    message, room, _ = access.message_for(person_id, message_id)
    access.require_author(message, person_id)
    body = clean_body(body, limit=settings.LIMITS.message_length)
    if body != message.body:
        message.body, message.html, message.edited_at = body, markup.render(body), timezone.now()
        _move(message, room, fields=["body", "html", "edited_at"])
    return shape_of(message)


@transaction.atomic
def delete_message(*, person_id: int, message_id: int, reason: str = "") -> shapes.Message:
    """Turn one's own message, or as a moderator anyone's in the room, into a tombstone; again changes nothing.

    Raises `NotFound`, `NotAMember`, `RoomArchived`, `NotAllowed`.
    """
    person = access.active_person(person_id)
    message, room, membership = access.message_for(person_id, message_id)
    if message.author_id != person_id:
        access.require_moderator(membership, person)
    return _delete(message, room, by=person, reason=reason)


@transaction.atomic
def delete_message_as_staff(*, person_id: int, message_id: int, reason: str) -> shapes.Message:
    """Delete any message of any room, with a reason that is kept. Raises `NotAllowed` unless staff, `NotFound`."""
    person = access.active_person(person_id)
    if not person.is_staff:
        raise NotAllowed
    message = Message.objects.select_related("author").filter(pk=message_id).first()
    if message is None:
        raise NotFound
    room = Room.objects.select_for_update().get(pk=message.room_id)
    message.refresh_from_db()
    return _delete(message, room, by=person, reason=reason)


def _delete(message: Message, room: Room, *, by: User, reason: str) -> shapes.Message:
    if message.deleted_at is None:
        message.body = message.html = ""
        message.deleted_at, message.deleted_by, message.deletion_reason = timezone.now(), by, reason
        Reaction.objects.filter(message=message).delete()
        if message.author_id != by.pk:
            record(actor=by, action="message.delete", target=str(message), reason=reason)
        _move(message, room, fields=["body", "html", "deleted_at", "deleted_by", "deletion_reason"])
    return shape_of(message)


def _move(message: Message, room: Room, *, fields: Sequence[str]) -> None:
    prev, message.seq = room.advance()
    room.save(update_fields=["head"])
    message.save(update_fields=[*fields, "seq"])
    publish([changes.message_changed(shape_of(message), prev=prev, message_count=room.message_count)])
