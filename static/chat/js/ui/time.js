const CLOCK = new Intl.DateTimeFormat(undefined, { timeStyle: "short" });
const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeStyle: "medium" });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const DAY_OF_YEAR = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const DAY_MS = 24 * 60 * 60 * 1000;

/** @param {number} at milliseconds since 1970, as everywhere here */
export const clock = (at) => CLOCK.format(at);

export const exact = (at) => EXACT.format(at);

/** Today, Yesterday, or the date. */
export function dayName(at, now = Date.now()) {
  const days = Math.round((midnight(at) - midnight(now)) / DAY_MS);
  if (days === 0 || days === -1) return capital(RELATIVE.format(days, "day"));
  return (new Date(at).getFullYear() === new Date(now).getFullYear() ? DAY : DAY_OF_YEAR).format(at);
}

function midnight(at) {
  return new Date(at).setHours(0, 0, 0, 0);
}

function capital(text) {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
