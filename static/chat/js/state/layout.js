const GROUP_MS = 5 * 60 * 1000;

/**
 * What the timeline shows: days of items. An item is a message or the line above the new ones.
 *
 * @typedef {{ key: string, author: {id: number, name: string}, at: number, day: string, number: number | null,
 *             row: object | null, entry: object | null }} Message one stored (`row`) or of the outbox (`entry`)
 * @typedef {{ kind: "message", key: string, start: boolean, message: Message } | { kind: "new", key: string }} Item
 *
 * @param {Message[]} messages in order
 * @param {{ before?: Message | null, newAfter?: number | null }} around the message above the first, which decides
 *   whether the first starts a group; and the number that the line stands after
 * @returns {{ key: string, at: number, items: Item[] }[]}
 */
export function layout(messages, { before = null, newAfter = null } = {}) {
  const days = [];
  let previous = before;
  let marked = newAfter === null || (before !== null && before.number > newAfter);
  for (const message of messages) {
    const crossing = !marked && (message.number === null || message.number > newAfter);
    // Clocks go back, and what was not sent stays at the end: neither makes a day begin a second time.
    if (!days.length || message.day > days.at(-1).key) days.push({ key: message.day, at: message.at, items: [] });
    const { items } = days.at(-1);
    if (crossing && message.number !== null) items.push({ kind: "new", key: "new" });
    items.push({ kind: "message", key: message.key, start: crossing || startsGroup(message, previous), message });
    marked ||= crossing;
    previous = message;
  }
  return days;
}

function startsGroup(message, previous) {
  return (
    previous === null ||
    previous.author.id !== message.author.id ||
    previous.day !== message.day ||
    message.at - previous.at > GROUP_MS
  );
}
