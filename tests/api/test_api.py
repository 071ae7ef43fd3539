import pytest
from django.test import Client

from chat.models import Room
from tests.builders import join, make_person, make_room, say

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.api.urls")]


def signed_in(person, **options) -> Client:
    client = Client(**options)
    client.force_login(person)
    return client


def code(response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


def test_nobody_gets_anything_without_signing_in():
    room = make_room(make_person("ana"))
    for path in ("/api/rooms", f"/api/rooms/{room.pk}/messages", f"/api/rooms/{room.pk}/members"):
        assert code(Client().get(path)) == (401, "sign_in")


def test_a_write_without_the_csrf_token_is_refused():
    ana = make_person("ana")
    client = signed_in(ana, enforce_csrf_checks=True)
    response = client.post("/api/rooms", {"name": "x"}, content_type="application/json")
    assert code(response) == (403, "not_allowed")
    assert Room.objects.count() == 0


def test_a_room_is_created_listed_and_changed():
    client = signed_in(make_person("ana"))
    made = client.post("/api/rooms", {"name": "Design team", "kind": "private"}, content_type="application/json")
    assert made.status_code == 200, made.content
    room = made.json()["room"]
    assert (room["slug"], made.json()["membership"]["role"]) == ("design-team", "owner")
    assert [each["id"] for each in client.get("/api/rooms").json()["rooms"]] == [room["id"]]
    patched = client.patch(f"/api/rooms/{room['id']}", {"topic": "Looks"}, content_type="application/json")
    assert patched.json()["room"]["topic"] == "Looks"


def test_a_taken_address_is_a_conflict():
    ana = make_person("ana")
    make_room(ana, "general")
    response = signed_in(ana).post("/api/rooms", {"name": "General"}, content_type="application/json")
    assert code(response) == (409, "name_taken")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": 1},
        {"name": "x", "kind": "secret"},
        {"name": "x", "unknown": 1},
        {"name": ["x"]},
        [],
        "text",
        {"name": "\x00"},
        {"name": "x" * 500},
    ],
)
def test_bad_input_is_a_named_error(body):
    response = signed_in(make_person("ana")).post("/api/rooms", body, content_type="application/json")
    assert response.status_code == 400, response.content
    assert response.json()["error"]["code"] in ("invalid", "invalid_text")
    assert response.json()["error"]["detail"]


def test_text_that_is_not_json_is_a_named_error():
    response = signed_in(make_person("ana")).post("/api/rooms", "{", content_type="application/json")
    assert code(response) == (400, "invalid")


def test_hidden_and_unknown_rooms_answer_alike():
    ana, eve = make_person("ana"), make_person("eve")
    hidden = make_room(ana, "leads", kind=Room.Kind.PRIVATE)
    say(ana, hidden)
    client = signed_in(eve)
    for path in ("messages", "members"):
        answers = [client.get(f"/api/rooms/{room_id}/{path}") for room_id in (hidden.pk, hidden.pk + 999)]
        assert [code(each) for each in answers] == [(404, "not_found")] * 2
        assert answers[0].content == answers[1].content
    assert client.get("/api/rooms").json()["rooms"] == []


def test_history_is_paged_by_number():
    ana = make_person("ana")
    room = make_room(ana)
    for index in range(12):
        say(ana, room, f"number {index}")
    client = signed_in(ana)
    page = client.get(f"/api/rooms/{room.pk}/messages?before=5&limit=3").json()
    assert [each["number"] for each in page["messages"]] == [2, 3, 4]
    assert (page["has_older"], page["has_newer"]) == (True, True)
    assert page["messages"][0]["html"] == "<p>number 1</p>"
    assert page["messages"][0]["created_at"].endswith("Z")
    for query in ("before=1&after=1", "before=-1", "before=x", "limit=0", f"around={2**70}"):
        assert code(client.get(f"/api/rooms/{room.pk}/messages?{query}")) == (400, "invalid")


def test_people_are_invited_and_removed_by_those_who_may():
    ana, ben, eve = make_person("ana"), make_person("ben"), make_person("eve")
    room = make_room(ana, "leads", kind=Room.Kind.PRIVATE)
    join(ben, room)
    members = f"/api/rooms/{room.pk}/members"
    invited = signed_in(ben).post(members, {"username": "eve"}, content_type="application/json")
    assert invited.json()["member"]["person"]["name"] == "eve"
    assert code(signed_in(ben).delete(f"{members}/{eve.pk}")) == (403, "not_allowed")
    assert signed_in(ana).delete(f"{members}/{eve.pk}").json()["member"]["state"] == "removed"
    assert code(signed_in(eve).get(members)) == (404, "not_found")
    assert code(signed_in(ana).post(members, {"username": "ghost"}, content_type="application/json")) == (
        400,
        "unknown_person",
    )
