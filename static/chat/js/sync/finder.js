import { RequestFailed } from "#chat/net/http.js";

const RETRY_MS = 2000;

/** Turns the address the reader went to into a room. */
export class Finder {
  #state;
  #api;
  #onFound;

  /**
   * @param {object} state
   * @param {import("#chat/net/api.js").Api} api
   * @param {(room: number) => void} onFound
   */
  constructor(state, api, onFound) {
    this.#state = state;
    this.#api = api;
    this.#onFound = onFound;
  }

  /** Looks the current address up, in the rooms joined and then among all that may be seen. */
  async find() {
    const { place, rooms } = this.#state;
    if (place.status !== "finding" || !rooms.known) return;
    const room = rooms.bySlug(place.slug);
    if (room) this.#found(room.id);
    else await this.#ask(place.slug);
  }

  async #ask(slug) {
    const { place, rooms } = this.#state;
    let room;
    try {
      room = (await this.#api.rooms()).find((each) => each.slug === slug);
    } catch (failure) {
      if (!(failure instanceof RequestFailed)) throw failure;
      setTimeout(() => this.find(), RETRY_MS);
      return;
    }
    if (place.status !== "finding" || place.slug !== slug) return;
    if (!room) return place.missing();
    rooms.upsert(room);
    this.#found(room.id);
  }

  #found(room) {
    this.#state.place.found(room);
    this.#onFound(room);
  }
}
