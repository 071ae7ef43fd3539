"""Every bound a client can meet, in one place.

Clients learn them from `hello`; exceeding one is answered by the error named beside it. Each can be changed by an
environment variable: `LIMIT_` and the name in capitals.
"""

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Product bounds of one worker. Rates are enforced per worker: N workers allow a person N times the rate."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    message_length: int = Field(8000, ge=1, le=100_000, description="Characters in a message (`message_too_long`)")
    frame_bytes: int = Field(65_536, ge=1024, le=1_048_576, description="Bytes in one frame from a client (close 1009)")
    socket_commands: float = Field(20, gt=0, description="Commands a second from one socket (`rate_limited`)")
    socket_burst: int = Field(60, ge=1, description="Commands one socket may save up")
    person_commands: float = Field(40, gt=0, description="Commands or requests a second by one person (`rate_limited`)")
    person_burst: int = Field(120, ge=1, description="Commands or requests one person may save up")
    person_sockets: int = Field(20, ge=1, description="Sockets of one person on a worker (close 4429)")
    person_rooms: int = Field(500, ge=1, description="Rooms of which a person is a member (`too_many_memberships`)")
    open_rooms: int = Field(20, ge=1, description="Rooms open at once on one socket (`too_many_rooms`)")
    pending_commands: int = Field(64, ge=1, description="Commands of one socket under way; more wait unread")
    page_messages: int = Field(50, ge=1, le=500, description="Messages in one page of history")
    catch_up_rows: int = Field(200, ge=1, le=1000, description="Changed rows in one reply to `room.open`")
    catch_up_span: int = Field(2000, ge=1, description="Changes behind after which a resume is a reset")
    outbound_bytes: int = Field(1_048_576, ge=65_536, description="Bytes waiting for one socket (close 4408)")
    room_reactions: int = Field(20, ge=1, description="Different reactions on a message (`too_many_reactions`)")
    name_length: int = Field(80, ge=1, le=80, description="Characters in a room's name")
    topic_length: int = Field(250, ge=0, le=250, description="Characters in a room's topic")

    @property
    def page_bytes(self) -> int:
        """Bytes of messages in one answer to `room.open`, though one message always goes."""
        return self.outbound_bytes // 4
