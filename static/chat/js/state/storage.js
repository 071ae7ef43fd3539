/**
 * A named JSON value in a Storage.
 *
 * Storage may be full or forbidden; the page then works on with what is in memory, which a reload loses.
 */
export class Stored {
  #storage;
  #name;
  #initial;
  #value;
  #kept = true;

  /** @param {Storage | null} storage */
  constructor(storage, name, initial) {
    this.#storage = storage;
    this.#name = name;
    this.#initial = this.#value = initial;
    this.reload();
  }

  get() {
    return this.#value;
  }

  /** @param {any} value null: forget it */
  set(value) {
    this.#value = value ?? this.#initial;
    try {
      if (value === null) this.#storage?.removeItem(this.#name);
      else this.#storage?.setItem(this.#name, JSON.stringify(value));
      this.#kept = true;
    } catch (refusal) {
      this.#kept = false;
      console.warn(`${this.#name} is not kept over a reload:`, refusal.name);
    }
  }

  /** Takes what another tab may have stored; what could not be stored here stays. */
  reload() {
    if (!this.#storage || !this.#kept) return;
    try {
      this.#value = JSON.parse(this.#storage.getItem(this.#name)) ?? this.#initial;
    } catch {
      this.#value = this.#initial;
    }
  }
}
