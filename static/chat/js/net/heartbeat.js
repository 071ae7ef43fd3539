const ANSWER_MS = 9000;
const COMMAND_MS = 6000;
const LOOK_MS = 5000;
const LATE_MS = 3000;

/**
 * Finds out that a connection is dead although nobody closed it: it asks after a silence, and judges by the answer.
 *
 * It looks every few seconds. A look that comes late, or early by the clock, tells of a sleep, of timers held up in a
 * hidden tab or of a clock set anew: an answer may lie unheard, so it asks once more before it judges.
 */
export class Heartbeat {
  #ping;
  #dead;
  #interval = 0;
  #timer = null;
  #lookAt = 0;
  #until = 0;
  #unanswered = 0;

  /** @param {{ ping: () => void, dead: () => void }} ends */
  constructor({ ping, dead }) {
    this.#ping = ping;
    this.#dead = dead;
  }

  /** @param {number} seconds of silence after which to ask; nine more without a word are death */
  start(seconds) {
    this.#interval = seconds * 1000;
    this.heard();
    this.#wait();
  }

  heard() {
    this.#unanswered = 0;
    this.#until = Date.now() + this.#interval;
  }

  /** An answer is due: if nothing at all is heard from now on, ask in six seconds. */
  expect() {
    if (this.#unanswered === 0) this.#until = Math.min(this.#until, Date.now() + COMMAND_MS);
  }

  /** Ask now: the machine woke up, or the network changed. */
  probe() {
    if (this.#timer !== null && this.#unanswered === 0) this.#ask();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  #look() {
    const now = Date.now();
    const late = Math.abs(now - this.#lookAt) > LATE_MS;
    if (now >= this.#until && this.#unanswered > (late ? 1 : 0)) return this.#dead();
    if (late || now >= this.#until) this.#ask();
    this.#wait();
  }

  #ask() {
    this.#unanswered += 1;
    this.#until = Date.now() + ANSWER_MS;
    this.#ping();
  }

  #wait() {
    clearTimeout(this.#timer);
    const wait = Math.min(LOOK_MS, Math.max(0, this.#until - Date.now()));
    this.#lookAt = Date.now() + wait;
    this.#timer = setTimeout(() => this.#look(), wait);
  }
}
