/** Which messages of the room shown are new to the reader, and when they count as read. */
export class Attention {
  #state;
  #actions;
  #room = null;

  /** The line stands after this number; null: there is none. */
  newAfter = null;

  /** @param {{ state: object, actions: object }} needs */
  constructor({ state, actions }) {
    this.#state = state;
    this.#actions = actions;
  }

  open(room) {
    const { rooms } = this.#state;
    this.#room = room;
    this.newAfter = rooms.unread(room) ? rooms.membership(room).last_read_number : null;
  }

  close() {
    this.#room = this.newAfter = null;
  }

  /** Messages that arrive while the reader is away are new when they come back. */
  noteAbsence() {
    const { rooms } = this.#state;
    if (this.newAfter !== null || document.hasFocus() || rooms.unread(this.#room) === 0) return;
    this.newAfter = rooms.membership(this.#room).last_read_number;
  }

  /** The newest message is on screen; it is read if somebody looks. */
  atEnd() {
    if (!document.hidden && document.hasFocus()) this.#read();
  }

  /** Takes the line away; everything counts as read. @returns {boolean} whether there was one */
  dismiss() {
    if (this.newAfter === null) return false;
    this.newAfter = null;
    this.#read();
    return true;
  }

  #read() {
    const timeline = this.#state.timelines.of(this.#room);
    if (timeline.opened) this.#actions.seen(this.#room, timeline.tail.to);
  }
}
