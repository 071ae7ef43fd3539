const PROBE_SECONDS = 5;
const ANSWER_SECONDS = 10;

/** Finds out that a connection is dead although nobody closed it. */
export class Heartbeat {
  #ping;
  #dead;
  #interval = 0;
  #heardAt = 0;
  #timer = null;
  #expected = null;
  #probe = null;

  /** @param {{ ping: () => void, dead: () => void }} ends */
  constructor({ ping, dead }) {
    this.#ping = ping;
    this.#dead = dead;
  }

  /** @param {number} seconds of silence after which to ask; twice that without a word is death */
  start(seconds) {
    this.stop();
    this.#interval = seconds * 1000;
    this.heard();
    this.#timer = setInterval(() => this.#check(), this.#interval / 4);
  }

  heard() {
    this.#heardAt = Date.now();
    clearTimeout(this.#expected);
    clearTimeout(this.#probe);
    this.#expected = this.#probe = null;
  }

  /** An answer is due: if nothing at all is heard from now on, ask in ten seconds. */
  expect() {
    if (this.#timer === null || this.#expected !== null) return;
    this.#expected = setTimeout(() => this.probe(), ANSWER_SECONDS * 1000);
  }

  /** Ask now and expect an answer within seconds: the machine woke up, or the network changed. */
  probe() {
    if (this.#timer === null || this.#probe !== null) return;
    this.#ping();
    this.#probe = setTimeout(() => this.#dead(), PROBE_SECONDS * 1000);
  }

  stop() {
    clearInterval(this.#timer);
    clearTimeout(this.#expected);
    clearTimeout(this.#probe);
    this.#timer = this.#expected = this.#probe = null;
  }

  #check() {
    const silence = Date.now() - this.#heardAt;
    if (silence >= 2 * this.#interval) this.#dead();
    else if (silence >= this.#interval) this.#ping();
  }
}
