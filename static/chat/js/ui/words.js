// Made when first needed: each costs milliseconds.
const MADE = {};

export function number(count) {
  return (MADE.number ??= new Intl.NumberFormat()).format(count);
}

/** `3 people`, `1 person`. */
export function counted(count, one, many) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** A room's name within a sentence, whose order it leaves alone, whichever way its letters run. */
export function isolated(name) {
  return `\u2068${name}\u2069`;
}

/** `ana, bo and cy`. */
export function listed(names) {
  return (MADE.list ??= new Intl.ListFormat("en", { type: "conjunction" })).format(names);
}
