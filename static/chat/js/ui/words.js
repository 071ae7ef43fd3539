const NUMBER = new Intl.NumberFormat();
const LIST = new Intl.ListFormat(undefined, { type: "conjunction" });
const PLURAL = new Intl.PluralRules("en");

export const number = (count) => NUMBER.format(count);

/** `3 people`, `1 person`. */
export function counted(count, one, many) {
  return `${number(count)} ${PLURAL.select(count) === "one" ? one : many}`;
}

/** `ana, bo and cy`. */
export const listed = (names) => LIST.format(names);
