const INTERVAL_MS = 1000;

/** Which read markers to send, and when: at most one a second a room, the last one always. */
export class ReadMarks {
  #wanted = new Map();
  #sentAt = new Map();

  /** The reader has seen everything up to `number`. */
  want(room, number) {
    this.#wanted.set(room, Math.max(number, this.#wanted.get(room) ?? 0));
  }

  /** @returns {{ room: number, number: number }[]} markers to send now; a failed one must be wanted again */
  take(now) {
    const due = [...this.#wanted].filter(([room]) => this.#waitOf(room, now) === 0);
    for (const [room] of due) {
      this.#wanted.delete(room);
      this.#sentAt.set(room, now);
    }
    return due.map(([room, number]) => ({ room, number }));
  }

  /** @returns {number | null} milliseconds until the next one is due, null when there is none */
  wait(now) {
    const waits = [...this.#wanted.keys()].map((room) => this.#waitOf(room, now));
    return waits.length ? Math.min(...waits) : null;
  }

  #waitOf(room, now) {
    return Math.max(0, (this.#sentAt.get(room) ?? -INTERVAL_MS) + INTERVAL_MS - now);
  }
}
