import pytest

from chat.actions import messages, reactions
from chat.errors import MessageDeleted, NotAMember, TooManyReactions, UnknownEmoji
from chat.limits import Limits
from tests.builders import join, make_person, make_room, say

pytestmark = pytest.mark.django_db


def test_a_reaction_moves_the_message_and_the_same_again_does_not():
    ana, ben = make_person("ana"), make_person("ben")
    room = make_room(ana)
    join(ben, room)
    sent = say(ana, room)
    first = reactions.set_reaction(person_id=ben.pk, message_id=sent.id, emoji="👍", on=True)
    assert [(each.emoji, [who.name for who in each.people]) for each in first.reactions] == [("👍", ["ben"])]
    assert first.seq > sent.seq
    assert reactions.set_reaction(person_id=ben.pk, message_id=sent.id, emoji="👍", on=True).seq == first.seq
    off = reactions.set_reaction(person_id=ben.pk, message_id=sent.id, emoji="👍", on=False)
    assert off.reactions == []
    assert reactions.set_reaction(person_id=ben.pk, message_id=sent.id, emoji="👍", on=False).seq == off.seq


def test_a_reaction_is_one_emoji():
    ana = make_person("ana")
    sent = say(ana, make_room(ana))
    for text in ("x", "👍👍", "<b>", ":tada:"):
        with pytest.raises(UnknownEmoji):
            reactions.set_reaction(person_id=ana.pk, message_id=sent.id, emoji=text, on=True)


def test_a_message_holds_only_so_many_different_reactions(settings):
    settings.LIMITS = Limits(room_reactions=2)
    ana = make_person("ana")
    sent = say(ana, make_room(ana))
    for emoji in ("👍", "🎉"):
        reactions.set_reaction(person_id=ana.pk, message_id=sent.id, emoji=emoji, on=True)
    with pytest.raises(TooManyReactions):
        reactions.set_reaction(person_id=ana.pk, message_id=sent.id, emoji="🚀", on=True)


def test_a_deleted_message_loses_its_reactions_and_takes_no_more():
    ana = make_person("ana")
    sent = say(ana, make_room(ana))
    reactions.set_reaction(person_id=ana.pk, message_id=sent.id, emoji="👍", on=True)
    assert messages.delete_message(person_id=ana.pk, message_id=sent.id).reactions == []
    with pytest.raises(MessageDeleted):
        reactions.set_reaction(person_id=ana.pk, message_id=sent.id, emoji="👍", on=True)


def test_reacting_needs_membership():
    ana, eve = make_person("ana"), make_person("eve")
    sent = say(ana, make_room(ana))
    with pytest.raises(NotAMember):
        reactions.set_reaction(person_id=eve.pk, message_id=sent.id, emoji="👍", on=True)
