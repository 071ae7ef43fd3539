"""A client that does anything in any order, and what must hold whatever it did."""

import json
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from audit.fuzz.corpus import CORPUS
from audit.fuzz.target import Target
from audit.fuzz.wire import Rude, frame

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
COMMANDS = [
    *("inbox.open", "room.open", "room.close", "room.join", "room.leave", "message.send", "message.edit"),
    *("message.delete", "reaction.set", "read.set", "typing.set", "ping"),
]
FIELDS = ["ref", "room", "message", "key", "body", "emoji", "on", "number", "since", "extra"]
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "ref": st.text("abc~ ", min_size=1, max_size=5),
    "room": st.integers(1, 3),
    "message": st.integers(1, 20),
    "key": st.uuids().map(str),
    "body": st.text(min_size=1, max_size=60),
    "emoji": st.sampled_from(["👍", "🎉", "x"]),
    "on": st.booleans(),
    "number": st.integers(0, 9),
    "since": st.fixed_dictionaries({"epoch": st.text(max_size=8), "seq": st.integers(0, 99)}),
    "extra": JSON,
}


def machine(target: Target) -> type[RuleBasedStateMachine]:
    """The state machine of one client of this server."""

    class Client(RuleBasedStateMachine):
        """Sends commands that are nearly right, frames that are wrong, and bytes that are neither."""

        rude: Rude

        @initialize()
        def connects(self) -> None:
            self.rude = target.connect()

        @rule(
            type_=st.sampled_from(COMMANDS),
            names=st.lists(st.sampled_from(FIELDS), max_size=6, unique=True),
            data=st.data(),
        )
        def sends_what_is_nearly_a_command(self, type_: str, names: list[str], data: st.DataObject) -> None:
            fields = {name: data.draw(LIKELY[name] | JSON, label=name) for name in names}
            self.sends(frame(json.dumps({"type": type_, **fields}).encode("utf-8", "surrogatepass")))

        @rule(value=JSON)
        def sends_json(self, value: Any) -> None:
            self.sends(frame(json.dumps(value).encode("utf-8", "surrogatepass")))

        @rule(name=st.sampled_from(sorted(CORPUS)))
        def sends_of_the_corpus(self, name: str) -> None:
            self.sends(CORPUS[name].data())

        @rule(
            payload=st.binary(max_size=300),
            opcode=st.integers(0, 15),
            fin=st.booleans(),
            rsv=st.sampled_from([0, 0, 0, 1, 4, 7]),
            masked=st.sampled_from([True, True, True, False]),
        )
        def sends_any_frame(self, payload: bytes, opcode: int, *, fin: bool, rsv: int, masked: bool) -> None:
            self.sends(frame(payload, opcode=opcode, fin=fin, rsv=rsv, masked=masked))

        @rule(data=st.binary(min_size=1, max_size=200))
        def sends_any_bytes(self, data: bytes) -> None:
            self.sends(data)

        @rule(keep=st.floats(0, 1))
        def stops_in_the_middle_of_a_frame(self, keep: float) -> None:
            whole = frame(b'{"type":"room.open","ref":"cut","room":1}')
            self.sends(whole[: int(len(whole) * keep)])
            self.comes_back()

        @rule()
        def comes_back(self) -> None:
            self.rude.close()
            self.rude = target.connect()

        @invariant()
        def others_are_served(self) -> None:
            with target.connect() as other:
                assert target.state_of(other) == 0

        def sends(self, data: bytes) -> None:
            if not self.rude.send(data):
                self.comes_back()

        def teardown(self) -> None:
            self.rude.close()

    return Client
