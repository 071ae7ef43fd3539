const WORTH_CORRECTING_MS = 30_000;

/**
 * The server's time, learned from the page as it comes and from one's own messages as they are stored.
 *
 * A clock that is wrong by minutes would put one's unsent messages into another group than the stored ones; one that is
 * wrong by hours would call today another day.
 */
export class Clock {
  #offset = 0;
  #now;

  constructor(now = Date.now) {
    this.#now = now;
  }

  now() {
    return this.#now() + this.#offset;
  }

  /** @param {string} createdAt the server's time of something that just happened */
  learn(createdAt) {
    const offset = Date.parse(createdAt) - this.#now();
    this.#offset = Math.abs(offset) < WORTH_CORRECTING_MS ? 0 : offset;
  }
}
