import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from chat.accounts.adapter import AccountAdapter
from chat.actions import rooms
from chat.models import Membership, Room, User
from tests.accounts.visitors import PASSWORD, is_signed_in, make_account
from tests.builders import make_person, make_room

pytestmark = pytest.mark.django_db


def sign_up(
    client: Client, name: str = "ana", email: str = "ana@example.org", password: str = PASSWORD
) -> HttpResponse:
    form = {"username": name, "email": email, "password1": password, "password2": password}
    return client.post("/accounts/signup/", form)  # type: ignore[return-value]


def test_signing_up_makes_an_account_and_signs_in(client: Client) -> None:
    response = sign_up(client)
    assert (response.status_code, response["Location"]) == (302, "/")
    assert User.objects.get().username == "ana"
    assert is_signed_in(client)


def test_a_new_person_is_a_member_of_general(client: Client) -> None:
    room = make_room(make_person("ben"), "general")
    sign_up(client)
    membership = Membership.objects.get(user__username="ana")
    assert (membership.room, membership.active) == (room, True)


@pytest.mark.parametrize("obstacle", ["private", "archived"])
def test_a_general_that_cannot_be_joined_is_left_alone(client: Client, obstacle: str) -> None:
    owner = make_account("ben", is_staff=True)
    room = make_room(owner, "general", kind=Room.Kind.PRIVATE if obstacle == "private" else Room.Kind.PUBLIC)
    if obstacle == "archived":
        rooms.change_room(person_id=owner.pk, room_id=room.pk, archived=True)
    sign_up(client)
    assert is_signed_in(client)
    assert not Membership.objects.filter(user__username="ana").exists()


def test_names_are_kept_in_lower_case(client: Client) -> None:
    sign_up(client, "AnA")
    assert User.objects.get().username == "ana"


def test_a_name_is_taken_in_every_case(client: Client) -> None:
    make_account("ana")
    page = sign_up(client, "ANA", "other@example.org").content.decode()
    assert "This name is taken." in page
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["ana ", "\u00a0ana", "ana\u3000\u2003", "\uff41\uff4e\uff41"])
def test_a_name_that_looks_like_one_that_is_taken_makes_no_account(client: Client, name: str) -> None:
    make_account("ana")
    assert sign_up(client, name, "other@example.org").status_code == 200
    assert User.objects.count() == 1


@pytest.mark.parametrize("field", ["username", "email", "password1"])
def test_a_megabyte_in_a_field_is_answered_in_time_for_its_length(client: Client, field: str) -> None:
    form = {"username": "ana", "email": "ana@example.org", "password1": PASSWORD, "password2": PASSWORD}
    # Unicode's normal form of these takes quadratic time.
    assert client.post("/accounts/signup/", form | {field: "\u0316\u0300" * 250_000}).status_code == 200
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_name_that_was_taken_a_moment_ago_is_a_mistake_in_the_form(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_account("ana")
    monkeypatch.setattr(AccountAdapter, "clean_username", lambda self, name, shallow=False: name)
    assert "This name is taken." in sign_up(client, "ana", "other@example.org").content.decode()


@pytest.mark.parametrize(
    "name",
    [
        *("a", "ana!", "-ana", "ana@example.org", "a" * 33, "аna"),  # noqa: RUF001
        *("ana\u200b", "an\u00ada", "ana\u3164", "ana\ufe0f", "\u202eana", "ana\u0301", "an\u00a0a", "an\u034fa"),
    ],
)
def test_a_name_that_others_could_not_mention_is_refused(client: Client, name: str) -> None:
    assert sign_up(client, name).status_code == 200
    assert not User.objects.exists()


def test_a_weak_password_is_refused_and_the_mistake_belongs_to_its_field(client: Client) -> None:
    page = sign_up(client, password="password").content.decode()
    assert not User.objects.exists()
    assert 'aria-describedby="id_password1_helptext id_password1_error"' in page
    assert 'id="id_password1_error"' in page
    assert "<title>Error: Create an account" in page


def test_signing_up_with_somebodys_address_looks_like_with_a_new_one(client: Client) -> None:
    make_account("ben")
    known = sign_up(client, "ana", "ben@example.org")
    fresh = sign_up(Client(), "carla", "carla@example.org")
    assert (known.status_code, known["Location"]) == (fresh.status_code, fresh["Location"])
    assert [message.subject for message in mail.outbox] == ["Parley: Confirm your address"] * 2


def test_a_mail_server_that_is_away_does_not_keep_anybody_out(client: Client, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    sign_up(client)
    assert is_signed_in(client)
    assert "The mail could not be sent." in client.get("/accounts/email/").content.decode()


def test_somebody_signed_in_is_sent_on(client: Client) -> None:
    sign_up(client)
    assert client.get("/accounts/signup/").status_code == 302
