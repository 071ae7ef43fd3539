import ast

import pytest

from tests.architecture.layers import ROWS, violations
from tests.architecture.sources import Source, is_within, product


def test_every_import_goes_down() -> None:
    assert list(violations(product())) == []


def test_the_rules_speak_of_packages_that_exist() -> None:
    modules = {source.module for source in product()}
    assert [each for row in ROWS for each in row if each not in modules] == []


def test_the_runtime_names_the_publisher_and_publishes_nothing() -> None:
    [runtime] = [source for source in product() if source.module == "chat.runtime"]
    used = {
        node.attr
        for node in ast.walk(runtime.tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "publish"
    }
    assert "use" in used
    assert "publish" not in used
    assert [each for each in runtime.imports() if is_within(each, "chat.delivery.publish")] == ["chat.delivery.publish"]


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("chat.actions.messages", "from chat.journal import Journal"),
        ("chat.actions.messages", "from chat import journal"),
        ("chat.actions.messages", "import chat.journal"),
        ("chat.actions.messages", "from ..journal import Journal"),
        ("chat.actions.messages", "def late():\n    from chat.handlers import messages"),
        ("chat.actions.messages", "if TYPE_CHECKING:\n    from chat.consumers import ChatConsumer"),
        ("chat.models.room", "from chat.delivery.change import Change"),
        ("chat.delivery.feed", "from chat.models import Room"),
        ("chat.presence.redis", "from chat.delivery.redis import connect"),
        ("chat.protocol.codec", "from chat.errors import Invalid"),
        ("chat.limits", "import chat.protocol.commands"),
        ("chat.access", "from chat.payloads import rooms"),
        ("chat.views.pages", "from chat.api.root import api"),
        ("chat.api.rooms", "from chat.handlers.registry import dispatch"),
        ("chat.runtime", "from chat import handlers"),
        ("chat.journal", "from chat.delivery.publish import publish"),
        ("chat.api.rooms", "from chat.delivery import publish"),
        ("chat.admin.rooms", "import chat.delivery.publish as door"),
        ("chat.payloads.changes", "from chat.delivery.feed import Feed"),
        ("chat.payloads.changes", "from chat.delivery import frames"),
        ("chat.queries.changes", "from chat.delivery.publish import publish"),
        ("chat.consumers", "from chatproject.env import ENV"),
        ("chat.consumers", "from chat.stray import anything"),
        ("chat.stray", "x = 1"),
    ],
)
def test_a_planted_violation_is_found(module: str, text: str) -> None:
    assert list(violations([Source.parse(module, text)])) != []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("chatproject.settings", "from chat.delivery.redis import layer_settings"),
        ("chat.actions.messages", "from chat.delivery.publish import publish"),
        ("chat.actions.rooms", "from chat.actions.memberships import stand"),
        ("chat.actions.rooms", "from .memberships import stand"),
        ("chat.delivery.feed", "from chat.protocol.events import Event"),
        ("chat.payloads.changes", "from chat.delivery.change import Change"),
        ("chat.consumers", "from chat.handlers.registry import dispatch\nimport json, channels.consumer, chatter"),
    ],
)
def test_a_proper_import_is_let_through(module: str, text: str) -> None:
    assert list(violations([Source.parse(module, text)])) == []
