import { EVENTS } from "#chat/protocol.js";

/** Event name to state change; what places an event in its stream is decided before (`sync/`). */
const CHANGES = {
  [EVENTS.MESSAGE_CHANGED](state, { room, seq, message }) {
    storeMessage(state, room, message);
    state.rooms.advance(room, { head: seq, message_count: message.number });
  },

  [EVENTS.ROOM_CHANGED](state, { details }) {
    state.rooms.upsert(details);
  },

  [EVENTS.MEMBER_CHANGED](state, { room, member, member_count }) {
    state.members.apply(room, member);
    state.rooms.setMemberCount(room, member_count);
  },

  [EVENTS.ACCOUNT_CHANGED]() {
    // Only moves the cursor; a socket that may not stay is closed by the server.
  },

  [EVENTS.ROOM_ADVANCED](state, { room, head, message_count }) {
    state.rooms.advance(room, { head, message_count });
  },

  [EVENTS.TYPING_CHANGED](state, { room, people }) {
    state.typing.set(room, people);
  },

  [EVENTS.PRESENCE_CHANGED](state, presence) {
    state.presence.set(presence.room, presence);
  },
};

/** Applies an event. Types that this page does not know yet are none of its business. */
export function applyEvent(state, event) {
  CHANGES[event.type]?.(state, event);
}

/** A row as the server has it, however it came; one's own leaves the outbox. */
export function storeMessage(state, room, message) {
  state.timelines.of(room).apply(message);
  if (message.author.id === state.me.id) state.outbox.remove(message.key);
}
