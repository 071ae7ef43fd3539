import { Stored } from "#chat/state/storage.js";

/** Text begun in each room and not sent; it survives a reload. Other tabs may write in other rooms meanwhile. */
export class Drafts {
  #storage;
  #personId;
  #rooms = new Map();

  /** @param {Storage | null} storage @param {number} personId */
  constructor(storage, personId) {
    this.#storage = storage;
    this.#personId = personId;
  }

  get(room) {
    const stored = this.#of(room);
    stored.reload();
    return stored.get();
  }

  set(room, text) {
    if (text !== this.get(room)) this.#of(room).set(text || null);
  }

  #of(room) {
    const stored = this.#rooms.get(room) ?? new Stored(this.#storage, `parley:draft:${this.#personId}:${room}`, "");
    this.#rooms.set(room, stored);
    return stored;
  }
}
