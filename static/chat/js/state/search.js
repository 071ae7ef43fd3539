/**
 * How well a name answers to what was typed: higher is better, 0 is not at all.
 *
 * The start of the name beats the start of a word, that beats the middle, that beats letters in order.
 */
export function matchOf(name, typed) {
  const text = plain(name);
  const query = plain(typed.trim());
  if (query === "") return 1;
  if (text.startsWith(query)) return 5;
  if (text.split(/[\s_-]+/).some((word) => word.startsWith(query))) return 4;
  if (text.includes(query)) return 3;
  return hasInOrder(text, query) ? 2 : 0;
}

function plain(text) {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();
}

function hasInOrder(text, query) {
  let from = 0;
  for (const letter of query) {
    from = text.indexOf(letter, from) + 1;
    if (from === 0) return false;
  }
  return true;
}
