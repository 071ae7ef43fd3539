import { Timeline } from "#chat/state/timeline.js";

/** The timelines of the rooms looked at in this tab. */
export class Timelines {
  #rooms = new Map();

  /** @returns {Timeline} */
  of(room) {
    if (!this.#rooms.has(room)) this.#rooms.set(room, new Timeline());
    return this.#rooms.get(room);
  }

  /** Forgets what may not be seen any more. */
  purge(room) {
    this.#rooms.delete(room);
  }
}
