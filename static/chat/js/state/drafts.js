import { Stored } from "#chat/state/storage.js";

/** Text begun in each room and not sent; it survives a reload. */
export class Drafts {
  #stored;

  /** @param {Storage | null} storage @param {number} personId */
  constructor(storage, personId) {
    this.#stored = new Stored(storage, `parley:drafts:${personId}`, {});
  }

  get(room) {
    return this.#stored.get()[room] ?? "";
  }

  set(room, text) {
    if (text === this.get(room)) return;
    const { [room]: _, ...others } = this.#stored.get();
    this.#stored.set(text ? { ...others, [room]: text } : others);
  }
}
