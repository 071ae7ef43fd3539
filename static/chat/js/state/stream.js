const MOST_HELD = 1000;

/**
 * Where a change stands to somebody who has everything up to `mine`.
 * @returns {"old" | "next" | "ahead"} drop it, apply it, or ask for what lies between
 */
export function placeOf(mine, { prev, seq }) {
  if (seq <= mine) return "old";
  return prev <= mine ? "next" : "ahead";
}

/**
 * A position in a server stream, and the changes that arrive while what came before them is being fetched.
 *
 * The position is an epoch and a seq, always set together; it moves only by what was applied.
 */
export class Stream {
  #apply;
  #held = [];
  #overflowed = false;

  /** @type {{ epoch: string, seq: number } | null} */
  cursor = null;
  catchingUp = false;

  /** @param {(change: object) => void} apply */
  constructor(apply) {
    this.#apply = apply;
  }

  /** Takes a live change. True when something before it is missing and must be asked for. */
  receive(change) {
    if (this.catchingUp || this.cursor === null) {
      this.#hold(change);
      return false;
    }
    const place = placeOf(this.cursor.seq, change);
    if (place === "ahead") this.#hold(change);
    if (place === "next") this.#take(change);
    return place === "ahead";
  }

  begin() {
    this.catchingUp = true;
  }

  /** Everything up to `seq` of `epoch` has been applied. */
  reached(epoch, seq) {
    this.cursor = { epoch, seq };
  }

  /** Applies what arrived meanwhile. True when something is missing still. */
  finish() {
    this.catchingUp = false;
    const held = this.#held.sort((one, other) => one.seq - other.seq);
    const overflowed = this.#overflowed;
    this.#held = [];
    this.#overflowed = false;
    return held.map((change) => this.receive(change)).includes(true) || overflowed;
  }

  /** The connection is gone: what was held is asked for again from the cursor. */
  interrupt() {
    this.catchingUp = false;
    this.#held = [];
    this.#overflowed = false;
  }

  #take(change) {
    this.cursor = { epoch: this.cursor.epoch, seq: change.seq };
    this.#apply(change);
  }

  #hold(change) {
    if (this.#held.length < MOST_HELD) this.#held.push(change);
    else this.#overflowed = true;
  }
}
