// What to offer. The server decides; offering what it would refuse only wastes a click.

/** Whether the reader may change the room and remove its people and messages. */
export function moderates({ rooms, me }, room) {
  const membership = rooms.membership(room);
  return me.is_staff || (membership?.state === "active" && membership.role !== "member");
}

/** Whether the reader may write in the room. */
export function writes({ rooms }, room) {
  return rooms.isMember(room) && !rooms.get(room).archived;
}

/** What the reader may do with a message stored in the room. */
export function rightsOver(state, room, message) {
  const writable = writes(state, room) && !message.deleted;
  const mine = message.author.id === state.me.id;
  return { react: writable, edit: writable && mine, delete: writable && (mine || moderates(state, room)) };
}
