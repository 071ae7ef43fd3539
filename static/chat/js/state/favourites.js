import { Emitter } from "#chat/state/emitter.js";
import { Stored } from "#chat/state/storage.js";

/** Rooms this person keeps at the top, on this device. */
export class Favourites extends Emitter {
  #stored;

  /** @param {Storage | null} storage @param {number} personId */
  constructor(storage, personId) {
    super();
    this.#stored = new Stored(storage, `parley:favourites:${personId}`, []);
  }

  has(room) {
    return this.#stored.get().includes(room);
  }

  toggle(room) {
    this.#stored.reload();
    const others = this.#stored.get().filter((id) => id !== room);
    this.#stored.set(this.has(room) ? others : [...others, room]);
    this.changed();
  }

  /** Another tab stored something. */
  follow() {
    const before = String(this.#stored.get());
    this.#stored.reload();
    if (String(this.#stored.get()) !== before) this.changed();
  }
}
