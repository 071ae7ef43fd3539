import { Emitter } from "#chat/state/emitter.js";

const NOBODY = { count: 0, people: [] };

/** Who is connected, by room: always the whole set, as the server last told it. */
export class Presence extends Emitter {
  #rooms = new Map();

  set(room, { count, people }) {
    this.#rooms.set(room, { count, people });
    this.changed(room);
  }

  in(room) {
    return this.#rooms.get(room) ?? NOBODY;
  }

  isHere(room, personId) {
    return this.in(room).people.some(({ id }) => id === personId);
  }

  /** Without a connection nothing is known. */
  clear() {
    this.#rooms.clear();
    this.changed(null);
  }
}
