"""Every page of the administration, by everybody and with every permission that can be given."""

import pytest
from django.test import Client

from chat.admin.person_forms import GRANTED
from chat.models import Membership, ModerationEvent
from tests.accounts.visitors import make_account
from tests.admin.desk import Desk
from tests.builders import make_room, say

pytestmark = pytest.mark.django_db

NOUNS = ("user", "room", "membership", "message", "moderationevent")
PAGES = ("list", "add", "change", "delete", "history")

# What a permission opens; "" where it lets something be done on pages that another opens.
OPENS = {
    "view_user": "user: list change history",
    "add_user": "user: add",
    "change_user": "user: list change history",
    "view_room": "room: list change history",
    "add_room": "room: add",
    "change_room": "room: list change history",
    "view_membership": "membership: list change history",
    "add_membership": "membership: add",
    "change_membership": "membership: list change history",
    "delete_membership": "",
    "view_message": "message: list change history",
    "delete_message": "",
    "view_moderationevent": "moderationevent: list change history",
}


@pytest.fixture
def addresses() -> dict[str, str]:
    """Every page, of a row that there is."""
    boss = make_account("boss")
    room = make_room(boss)
    message = say(boss, room)
    rows = {"user": make_account("someone").pk, "room": room.pk, "message": message.id}
    rows |= {"membership": Membership.objects.get().pk, "moderationevent": ModerationEvent.objects.get().pk}
    tails = {"list": "", "add": "add/"} | {page: f"{{}}/{page}/" for page in PAGES[2:]}
    return {f"{noun} {page}": f"chat/{noun}/{tails[page].format(rows[noun])}" for noun in NOUNS for page in PAGES}


def opened(client: Client, addresses: dict[str, str]) -> set[str]:
    return {page for page, path in addresses.items() if client.get(f"/admin/{path}").status_code == 200}


def test_nobody_else_gets_in(addresses: dict[str, str]) -> None:
    person = Client()
    person.force_login(make_account("ana"))
    for client in (Client(), person, Desk("clerk", permissions=()).client):
        assert opened(client, addresses) == set()


@pytest.mark.parametrize("permission", GRANTED)
def test_a_permission_opens_its_pages_and_no_others(permission: str, addresses: dict[str, str]) -> None:
    noun, _, pages = OPENS[permission].partition(": ")
    desk = Desk("clerk", permissions=[permission])
    assert opened(desk.client, addresses) == {f"{noun} {page}" for page in pages.split()}


def test_nothing_else_can_be_granted() -> None:
    assert GRANTED.keys() == OPENS.keys()


def test_not_even_a_superuser_deletes_or_writes_history(addresses: dict[str, str]) -> None:
    pages = opened(Desk().client, addresses)
    assert not {f"{noun} delete" for noun in NOUNS} & pages
    assert not {"message add", "moderationevent add"} & pages
