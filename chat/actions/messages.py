"""Sending, editing and deleting messages."""

from collections.abc import Collection, Sequence
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
from chat.models import Message, Reaction, Room, User
from chat.payloads import changes
from chat.payloads.messages import message as shape_of
from chat.payloads.messages import new_message, submitted_message
from chat.protocol import shapes
from chat.statements import sending
from chat.text import clean_body


@dataclass(frozen=True, slots=True)
class Text:
    """What a message says: checked and rendered, which needs no database."""

    body: str
    html: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A message ready to be stored."""

    author_id: int
    room_id: int
    key: UUID
    text: Text
    fingerprint: bytes


def compose(*, author_id: int, room_id: int, key: UUID, body: str) -> Submission:
    """Check and render a message. Raises what `written` raises."""
    text = written(body)
    fingerprint = blake2b(f"{room_id}\0{text.body}".encode(), digest_size=16).digest()
    return Submission(author_id, room_id, key, text, fingerprint)


def written(body: str) -> Text:
    """Check and render what somebody wrote. Raises `MessageEmpty`, `MessageTooLong`, `InvalidText`."""
    body = clean_body(body, limit=settings.LIMITS.message_length)
    return Text(body, markup.render(body))


@transaction.atomic
def send_messages(submissions: Sequence[Submission]) -> list[shapes.Message | ChatError]:
    """Store many people's messages at once, in order. Each answer is the stored row or why there is none.

    A key seen before is answered by its row as it is now, or as it was submitted where the author may not read the room
    any more; with another room or body, by `KeyConflict`. The failure of one changes nothing for the others.
    """
    batch = _Batch(submissions)
    answers: list[_Place | shapes.Message | ChatError] = []
    for submission, standing in zip(submissions, batch.standings, strict=True):
        try:
            answers.append(batch.place(submission, standing))
        except ChatError as refusal:
            answers.append(refusal)
    stored = batch.store()
    return [stored[answer] if isinstance(answer, tuple) else answer for answer in answers]


_Place = tuple[int, UUID]


class _Batch:
    """What a batch of submissions needs to know, read by set, and what it adds."""

    def __init__(self, submissions: Sequence[Submission]) -> None:
        self._rooms = sending.lock_rooms({each.room_id for each in submissions})
        # After the locks: who was put out before them is seen as put out.
        wishes = [sending.Wish(each.author_id, each.room_id, each.key) for each in submissions]
        self.standings = sending.standings(wishes)
        self._stored = _stored({each.stored_id for each in self.standings if each and each.stored_id})
        self._fresh: dict[_Place, sending.NewMessage] = {}
        self._authors: dict[int, shapes.Person] = {}
        self._grown: dict[int, sending.LockedRoom] = {}

    def place(self, submission: Submission, standing: sending.Standing | None) -> _Place | shapes.Message:
        """Where the message will be, or what is shown of the row that is there already."""
        if standing is None or not standing.allowed:
            raise NotAllowed("This account may not be used any more.")
        place, room = (submission.author_id, submission.key), self._rooms.get(submission.room_id)
        known = self._fresh.get(place) or self._stored.get(standing.stored_id)
        if known is not None:
            if bytes(known.fingerprint) != submission.fingerprint:
                raise KeyConflict
            if not isinstance(known, Message):
                return place
            if room is not None and access.can_read(room.kind, standing):
                return shape_of(known)
            # It was stored, which they have to be told; what became of it since is not for them.
            return submitted_message(known, body=submission.text.body, html=submission.text.html)
        if room is None:
            raise NotFound
        access.require_writer(room, standing)
        self._add(submission, room)
        self._authors[submission.author_id] = shapes.Person(submission.author_id, standing.author)
        return place

    def _add(self, submission: Submission, room: sending.LockedRoom) -> None:
        room.head += 1
        room.message_count += 1
        self._grown[room.id] = room
        self._fresh[submission.author_id, submission.key] = sending.NewMessage(
            author_id=submission.author_id,
            room_id=room.id,
            number=room.message_count,
            seq=room.head,
            key=submission.key,
            fingerprint=submission.fingerprint,
            body=submission.text.body,
            html=submission.text.html,
        )

    def store(self) -> dict[_Place, shapes.Message]:
        """Write what was placed, and publish it."""
        if not self._fresh:
            return {}
        now, rows = timezone.now(), list(self._fresh.values())
        ids = sending.insert(rows, created_at=now)
        sending.save_positions([self._grown[pk] for pk in sorted(self._grown)])
        stored = [
            new_message(row, pk=pk, author=self._authors[row.author_id], created_at=now)
            for pk, row in zip(ids, rows, strict=True)
        ]
        publish(
            [
                changes.message_changed(shape, room=row.room_id, prev=row.seq - 1, message_count=row.number, sent=True)
                for row, shape in zip(rows, stored, strict=True)
            ]
        )
        return dict(zip(self._fresh, stored, strict=True))


def _stored(ids: Collection[int]) -> dict[int | None, Message]:
    if not ids:
        return {}
    rows = Message.objects.filter(pk__in=ids).select_related("author").prefetch_related("reactions__user")
    return {row.pk: row for row in rows}


@transaction.atomic
def edit_message(*, person_id: int, message_id: int, text: Text) -> shapes.Message:
    """Replace what one's own message says; the same body again changes nothing.

    Raises `NotFound`, `NotAMember`, `RoomArchived`, `NotAllowed`, `MessageDeleted`.
    """
    access.active_person(person_id)
    message, room, _ = access.message_for(person_id, message_id)
    access.require_author(message, person_id)
    if text.body != message.body:
        message.body, message.html, message.edited_at = text.body, text.html, timezone.now()
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
        access.require_moderator(membership, person, permission="chat.delete_message")
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
    shape = shape_of(message)
    publish([changes.message_changed(shape, room=room.pk, prev=prev, message_count=room.message_count)])
