const DAY_MS = 24 * 60 * 60 * 1000;
const DATE = { weekday: "long", day: "numeric", month: "long" };

// Made when first needed: each costs milliseconds.
const MADE = {};
const format = (name, options) => (MADE[name] ??= new Intl.DateTimeFormat(undefined, options));

/** @param {number} at milliseconds since 1970, as everywhere here */
export const clock = (at) => format("clock", { timeStyle: "short" }).format(at);

export const exact = (at) => format("exact", { dateStyle: "full", timeStyle: "medium" }).format(at);

/** Today, Yesterday, or the date. @param {number} now when today is */
export function dayName(at, now) {
  const days = Math.round((midnight(at) - midnight(now)) / DAY_MS);
  if (days === 0 || days === -1) return relative(days);
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return (sameYear ? format("day", DATE) : format("day of a year", { ...DATE, year: "numeric" })).format(at);
}

function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

function relative(days) {
  const text = (MADE.relative ??= new Intl.RelativeTimeFormat(undefined, { numeric: "auto" })).format(days, "day");
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
