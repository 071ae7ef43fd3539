/**
 * The stretches of a room's numbers that are known completely, in order, none touching another.
 *
 * A range covers every number in [from, to]; `numbers` are those of them that are shown.
 * @typedef {{ from: number, to: number, numbers: number[] }} Range
 */
export class Ranges {
  /** @type {Range[]} */
  #ranges = [];

  clear() {
    this.#ranges = [];
  }

  /** @returns {Range | null} the range that a number lies in */
  at(number) {
    return this.#ranges.find(({ from, to }) => from <= number && number <= to) ?? null;
  }

  /** @returns {Range | null} the one with the highest numbers */
  last() {
    return this.#ranges.at(-1) ?? null;
  }

  /** Marks [from, to] as known; ranges that now touch become one. */
  cover(from, to) {
    const touches = (range) => range.from <= to + 1 && from <= range.to + 1;
    const joined = this.#ranges.filter(touches);
    const merged = {
      from: Math.min(from, ...joined.map((range) => range.from)),
      to: Math.max(to, ...joined.map((range) => range.to)),
      numbers: joined.flatMap((range) => range.numbers),
    };
    const others = this.#ranges.filter((range) => !touches(range));
    this.#ranges = [...others, merged].sort((one, other) => one.from - other.from);
    return merged;
  }

  /** Forgets what lies outside of stretches that do not touch each other. */
  keep(stretches) {
    this.#ranges = this.#ranges.flatMap((range) =>
      stretches
        .map(({ from, to }) => ({ from: Math.max(from, range.from), to: Math.min(to, range.to) }))
        .filter(({ from, to }) => from <= to)
        .map(({ from, to }) => {
          const numbers = range.numbers.slice(indexFrom(range.numbers, from), indexFrom(range.numbers, to + 1));
          return { from, to, numbers };
        }),
    );
  }

  /** Shows a number. False where no range covers it, or it is shown already. */
  insert(number) {
    const numbers = this.at(number)?.numbers;
    if (!numbers) return false;
    const place = indexFrom(numbers, number);
    if (numbers[place] === number) return false;
    numbers.splice(place, 0, number);
    return true;
  }
}

/** The index of the first of ascending numbers that is not below `number`. */
export function indexFrom(numbers, number) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
