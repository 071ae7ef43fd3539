"""The shell: what every visit to a room costs before the socket opens."""

import gzip
import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from chat.models import Room
from tests.builders import make_person, make_room

pytestmark = pytest.mark.django_db

STATIC = Path(settings.BASE_DIR) / "static" / "chat"
SCRIPTS, STYLES = 90_000, 20_000


def visit(person, path: str) -> str:
    client = Client()
    client.force_login(person)
    response = client.get(path)
    assert response.status_code == 200, response
    return response.content.decode()


def compressed(ending: str) -> int:
    return sum(len(gzip.compress(path.read_bytes())) for path in STATIC.rglob(f"*.{ending}"))


def test_all_scripts_together_are_light():
    assert 0 < compressed("js") <= SCRIPTS


def test_all_styles_together_are_light():
    assert 0 < compressed("css") <= STYLES


def test_the_index_leads_to_ones_room_and_is_the_page_for_who_has_none():
    ana, ben = make_person("ana"), make_person("ben")
    make_room(ana, "lounge")
    client = Client()
    client.force_login(ana)
    assert client.get("/").headers["Location"] == "/rooms/lounge/"
    assert '"room": null' in visit(ben, "/")


def test_the_page_comes_with_the_servers_time():
    before = timezone.now()
    told = re.search(r'"now": "([^"]+)"', visit(make_person("ana"), "/"))
    assert told is not None
    assert before <= datetime.fromisoformat(told[1]) <= timezone.now()


def test_strangers_are_sent_to_sign_in():
    response = Client().get("/rooms/general/")
    assert response.headers["Location"] == "/accounts/login/?next=/rooms/general/"


def test_a_hidden_room_has_the_same_shell_as_an_unknown_one():
    ana, eve = make_person("ana"), make_person("eve")
    make_room(ana, "leads", kind=Room.Kind.PRIVATE)

    def shell(slug: str) -> str:
        page = visit(eve, f"/rooms/{slug}/").replace(slug, "SLUG")
        passing = r'nonce="[^"]+"|"csrf": "[^"]+"|"now": "[^"]+"|name="csrfmiddlewaretoken" value="[^"]+"'
        return re.sub(passing, "", page)

    assert shell("leads") == shell("ghost")


def test_every_module_that_is_imported_is_mapped_and_those_of_the_start_are_preloaded():
    page = visit(make_person("ana"), "/")
    found = re.search(r'<script type="importmap" nonce="[^"]+">(.+?)</script>', page)
    assert found is not None
    imports = json.loads(found[1])["imports"]
    sources = {path.relative_to(STATIC / "js").as_posix(): path.read_text() for path in (STATIC / "js").rglob("*.js")}
    assert set(imports) == {f"#chat/{name}" for name in sources}
    named = {name for text in sources.values() for name in re.findall(r'["\'](#chat/[^"\']+)["\']', text)}
    assert named <= set(imports)
    preloaded = set(re.findall(r'<link rel="modulepreload" href="([^"]+)">', page))
    waiting, start = ["#chat/main.js"], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in start:
            start.add(name)
            source = sources[name.removeprefix("#chat/")]
            waiting += re.findall(r'^(?:import|export)\b[^;]*?["\'](#chat/[^"\']+)["\'];', source, re.MULTILINE)
    assert preloaded == {imports[name] for name in start}
