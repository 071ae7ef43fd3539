// Made when first needed: each costs milliseconds.
const MADE = {};

export function number(count) {
  return (MADE.number ??= new Intl.NumberFormat()).format(count);
}

/** `3 people`, `1 person`. */
export function counted(count, one, many) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** `ana, bo and cy`. */
export function listed(names) {
  return (MADE.list ??= new Intl.ListFormat("en", { type: "conjunction" })).format(names);
}
