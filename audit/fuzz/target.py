"""A server that is being fuzzed, as far as a fuzzer needs to know it."""

from dataclasses import dataclass

from audit.fuzz.corpus import OPEN, Entry
from audit.fuzz.wire import Rude, frame

PONG = b'{"type":"pong","ref":"usable"}'


@dataclass(frozen=True)
class Target:
    """`host` is `address:port`; `session` is somebody's, who may do nothing special."""

    host: str
    session: str

    def connect(self) -> Rude:
        """A socket that the server has said hello to."""
        rude = Rude(self.host, session=self.session)
        if b'"hello"' not in rude.receive()[1]:
            raise AssertionError("the server did not say hello")
        return rude

    def end_after(self, entry: Entry) -> int:
        """How a socket ends that sends this; `OPEN` where it stays usable."""
        with self.connect() as rude:
            rude.send(entry.data())
            return self.state_of(rude) if OPEN in entry.ends else rude.end()

    def state_of(self, rude: Rude) -> int:
        """`OPEN` where a ping is answered, else how the socket ended."""
        rude.send(frame(b'{"type":"ping","ref":"usable"}'))
        return rude.end(until=lambda payload: payload == PONG)
