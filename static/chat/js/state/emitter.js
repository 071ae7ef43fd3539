/** State that tells its views when it changed. */
export class Emitter {
  #listeners = new Set();

  /** @returns {() => void} ends the subscription */
  subscribe(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  changed(detail) {
    for (const listener of [...this.#listeners]) listener(detail);
  }
}
