import { COMMANDS } from "#chat/protocol.js";

const INTERVAL_MS = 3000;

/** Says that the reader is typing, at most every three seconds. */
export class Typist {
  #tell;
  #room = null;
  #toldAt = 0;

  /** @param {(command: object) => void} tell */
  constructor(tell) {
    this.#tell = tell;
  }

  typed(room) {
    const now = performance.now();
    if (room === this.#room && now - this.#toldAt < INTERVAL_MS) return;
    this.#room = room;
    this.#toldAt = now;
    this.#tell({ type: COMMANDS.TYPING_SET, room });
  }

  /** The message went out: what is typed next is news again. */
  sent() {
    this.#room = null;
  }
}
