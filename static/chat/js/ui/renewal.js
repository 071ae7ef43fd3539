import { Stored } from "#chat/state/storage.js";

/**
 * Loads the page anew where the server speaks another version than it.
 *
 * Once, until a server has welcomed the page again: it may be the server that is old. And only where this can be
 * remembered, which is also where unsent messages survive it.
 */
export class Renewal {
  #storage;
  #load;

  /** @param {Storage | null} storage @param {() => void} load */
  constructor(storage, load) {
    this.#storage = storage;
    this.#load = load;
  }

  outdated() {
    if (this.#tried().get()) return;
    this.#tried().set(true);
    if (this.#tried().get()) this.#load();
  }

  welcomed() {
    if (this.#tried().get()) this.#tried().set(false);
  }

  /** As it is stored now; what could not be stored counts for nothing. */
  #tried() {
    return new Stored(this.#storage, "parley:renewed", false);
  }
}
