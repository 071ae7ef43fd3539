import { Emitter } from "#chat/state/emitter.js";

const LAPSE_MS = 8000;

/** Who is typing where. The server tells when somebody stops; if it does not, they lapse. */
export class Typing extends Emitter {
  #rooms = new Map();

  set(room, people) {
    this.#rooms.set(room, { people, until: performance.now() + LAPSE_MS });
    this.changed(room);
  }

  /** Everyone typing in a room but the reader. */
  people(room, readerId) {
    const typing = this.#rooms.get(room);
    if (!typing || performance.now() >= typing.until) return [];
    return typing.people.filter(({ id }) => id !== readerId);
  }

  clear() {
    this.#rooms.clear();
    this.changed(null);
  }
}
