/** The day of a moment in the reader's own time zone, as `2026-11-22`. */
export function dayOf(at) {
  const date = new Date(at);
  const two = (part) => String(part).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
