// The names of the wire; a Python test compares them with chat/protocol.

export const SUBPROTOCOL = "parley.v1";
export const SOCKET_PATH = "/ws/";

export const COMMANDS = {
  INBOX_OPEN: "inbox.open",
  ROOM_OPEN: "room.open",
  ROOM_CLOSE: "room.close",
  ROOM_JOIN: "room.join",
  ROOM_LEAVE: "room.leave",
  MESSAGE_SEND: "message.send",
  MESSAGE_EDIT: "message.edit",
  MESSAGE_DELETE: "message.delete",
  REACTION_SET: "reaction.set",
  READ_SET: "read.set",
  TYPING_SET: "typing.set",
  PING: "ping",
};

export const EVENTS = {
  HELLO: "hello",
  MESSAGE_CHANGED: "message.changed",
  ROOM_CHANGED: "room.changed",
  MEMBER_CHANGED: "member.changed",
  MEMBERSHIP_CHANGED: "membership.changed",
  ACCOUNT_CHANGED: "account.changed",
  ROOM_ADVANCED: "room.advanced",
  ROOM_CLOSED: "room.closed",
  TYPING_CHANGED: "typing.changed",
  PRESENCE_CHANGED: "presence.changed",
  PONG: "pong",
  GOODBYE: "goodbye",
};

export const REPLY = "reply";

export const CLOSE_CODES = {
  MESSAGE_TOO_BIG: 1009,
  RESTART: 1012,
  BAD_FRAME: 4400,
  SIGN_IN: 4401,
  NOT_ALLOWED: 4403,
  TOO_SLOW: 4408,
  TOO_MANY: 4429,
};
