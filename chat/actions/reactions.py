import emoji as emoji_data
from django.conf import settings
from django.db import transaction

from chat import access
from chat.delivery.publish import publish
from chat.errors import MessageDeleted, TooManyReactions, UnknownEmoji
from chat.models import Reaction
from chat.payloads import changes
from chat.payloads.messages import message as shape_of
from chat.protocol import shapes


@transaction.atomic
def set_reaction(*, person_id: int, message_id: int, emoji: str, on: bool) -> shapes.Message:
    """Put one's emoji on a message or take it back; the same again changes nothing.

    Raises `UnknownEmoji`, `TooManyReactions`, `MessageDeleted`, `NotFound`, `NotAMember`, `RoomArchived`, `NotAllowed`.
    """
    person = access.active_person(person_id)
    message, room, _ = access.message_for(person_id, message_id)
    if message.deleted_at is not None:
        raise MessageDeleted
    if not emoji_data.is_emoji(emoji):
        raise UnknownEmoji
    if on:
        used = set(Reaction.objects.filter(message=message).values_list("emoji", flat=True))
        if emoji not in used and len(used) >= settings.LIMITS.room_reactions:
            raise TooManyReactions
        changed = Reaction.objects.get_or_create(message=message, user=person, emoji=emoji)[1]
    else:
        changed = Reaction.objects.filter(message=message, user=person, emoji=emoji).delete()[0] > 0
    if changed:
        prev, message.seq = room.advance()
        room.save(update_fields=["head"])
        message.save(update_fields=["seq"])
    shape = shape_of(message, reactions=Reaction.objects.filter(message=message).select_related("user"))
    if changed:
        publish([changes.message_changed(shape, room=room.pk, prev=prev, message_count=room.message_count)])
    return shape
