export const ANA = { id: 1, name: "ana" };
export const BO = { id: 2, name: "bo" };

export function message(number, overrides = {}) {
  return {
    id: 1000 + number,
    number,
    seq: number,
    key: `key-${number}`,
    author: ANA,
    body: `body ${number}`,
    html: `<p>body ${number}</p>`,
    created_at: new Date(Date.UTC(2026, 10, 22, 9, 0, number)).toISOString(),
    edited_at: null,
    deleted: false,
    reactions: [],
    parent: null,
    ...overrides,
  };
}

export function room(overrides = {}) {
  return {
    id: 12, slug: "general", name: "General", topic: "", kind: "public", archived: false, head: 0, message_count: 0,
    member_count: 1, ...overrides,
  };
}

export function membership(overrides = {}) {
  return { room: 12, state: "active", role: "member", last_read_number: 0, unread: 0, ...overrides };
}

/** A Storage as browsers have it. */
export class MemoryStorage {
  #items = new Map();

  getItem(name) {
    return this.#items.get(name) ?? null;
  }

  setItem(name, value) {
    this.#items.set(name, String(value));
  }

  removeItem(name) {
    this.#items.delete(name);
  }

  get names() {
    return [...this.#items.keys()];
  }
}

/** The same numbers for the same seed. */
export function randomFrom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function shuffled(items, random) {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}
