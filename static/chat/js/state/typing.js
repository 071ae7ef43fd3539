import { Emitter } from "#chat/state/emitter.js";

const LAPSE_MS = 8000;

/** Who is typing where. The server tells when somebody stops; if it does not, they lapse. */
export class Typing extends Emitter {
  #rooms = new Map();
  #now;

  constructor(now = Date.now) {
    super();
    this.#now = now;
  }

  set(room, people) {
    this.#rooms.set(room, { people, until: this.#now() + LAPSE_MS });
    this.changed(room);
  }

  /** Everyone typing in a room but the reader. */
  people(room, readerId) {
    const typing = this.#rooms.get(room);
    if (!typing || this.#now() >= typing.until) return [];
    return typing.people.filter(({ id }) => id !== readerId);
  }

  clear() {
    this.#rooms.clear();
    this.changed(null);
  }
}
