/**
 * A named JSON value in a Storage.
 *
 * Storage may be full or forbidden; the page then works on with what is in memory, which a reload loses.
 */
export class Stored {
  #storage;
  #name;
  #value;

  /** @param {Storage | null} storage */
  constructor(storage, name, initial) {
    this.#storage = storage;
    this.#name = name;
    this.#value = this.#read() ?? initial;
  }

  get() {
    return this.#value;
  }

  set(value) {
    this.#value = value;
    try {
      this.#storage?.setItem(this.#name, JSON.stringify(value));
    } catch (refusal) {
      console.warn(`${this.#name} is not kept over a reload:`, refusal.name);
    }
  }

  #read() {
    try {
      return JSON.parse(this.#storage?.getItem(this.#name) ?? "null");
    } catch {
      return null;
    }
  }
}
