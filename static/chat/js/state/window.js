import { indexFrom } from "#chat/state/ranges.js";

const FIRST = 40;
const STEP = 20;
const MOST = 160;
const AROUND = 200;

/**
 * Which of a timeline's messages are drawn: some hundred in a row, however many are known.
 *
 * It either follows the newest, or lies anywhere in what is known.
 */
export class Window {
  #timeline;
  #low = 1;
  #high = Infinity;

  /** Whether the reader is at the end of what is drawn. */
  atEnd = true;

  /** @param {import("#chat/state/timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.#timeline = timeline;
    timeline.window = this;
  }

  /** True while new messages appear at the end. */
  get follows() {
    return this.#high === Infinity;
  }

  /** @returns {import("#chat/state/ranges.js").Range | null} the stretch it lies in; null when that was forgotten */
  get range() {
    return this.follows ? this.#timeline.tail : this.#timeline.rangeAt(this.#low);
  }

  /** Whether known messages before or after the drawn ones could be drawn; at the end of the newest, whether to follow. */
  get canGrow() {
    const { range } = this;
    const numbers = range?.numbers ?? [];
    const newer = numbers.at(-1) > this.#high || (range !== null && range === this.#timeline.tail);
    return { older: indexFrom(numbers, this.#low) > 0, newer: newer && !this.follows };
  }

  /** @returns {number[]} what to draw */
  numbers() {
    const numbers = this.range?.numbers ?? [];
    return numbers.slice(indexFrom(numbers, this.#low), indexFrom(numbers, this.#high + 1));
  }

  /** The number above the first drawn one, if known. */
  before() {
    const numbers = this.range?.numbers ?? [];
    return numbers[indexFrom(numbers, this.#low) - 1] ?? null;
  }

  toNewest() {
    const { numbers, from } = this.#timeline.tail ?? { numbers: [], from: 1 };
    this.#low = numbers[Math.max(0, numbers.length - FIRST)] ?? from;
    this.#high = Infinity;
  }

  /** Lies around a number, which must be known. */
  toNumber(number) {
    const range = this.#timeline.rangeAt(number);
    const place = indexFrom(range.numbers, number);
    this.#low = range.numbers[Math.max(0, place - FIRST / 2)] ?? range.from;
    this.#setEnd(range, place + FIRST / 2);
  }

  growOlder() {
    const range = this.range;
    const place = Math.max(0, indexFrom(range.numbers, this.#low) - STEP);
    this.#low = range.numbers[place];
    if (this.numbers().length > MOST) this.#setEnd(range, place + MOST);
  }

  growNewer() {
    const range = this.range;
    const place = indexFrom(range.numbers, this.#high + 1) + STEP;
    this.#setEnd(range, place);
    const { numbers } = range;
    if (this.numbers().length > MOST) this.#low = numbers[Math.max(0, Math.min(place, numbers.length) - MOST)];
  }

  /** Of too many, lets go of the oldest (the reader is at the newest), or stops following (they are not). */
  trim({ atEnd }) {
    this.atEnd = atEnd;
    const drawn = this.follows ? this.numbers().length : 0;
    if (drawn <= MOST) return;
    const { numbers } = this.range;
    if (atEnd) this.#low = numbers[numbers.length - MOST / 2];
    else if (drawn > 2 * MOST) this.#high = numbers[indexFrom(numbers, this.#low) + 2 * MOST - 1];
  }

  /** Lets go of what is too much. @returns {{ from: number, to: number } | null} what is drawn, and some around it */
  hold() {
    this.trim({ atEnd: this.atEnd });
    const { range } = this;
    if (!range) return null;
    const { from, to, numbers } = range;
    const [low, high] = [indexFrom(numbers, this.#low), indexFrom(numbers, this.#high + 1)];
    return { from: numbers[low - AROUND] ?? from, to: numbers[high + AROUND] ?? to };
  }

  #setEnd(range, place) {
    const atEnd = range === this.#timeline.tail && place >= range.numbers.length;
    this.#high = atEnd ? Infinity : range.numbers[Math.min(place, range.numbers.length) - 1] ?? range.to;
  }
}
