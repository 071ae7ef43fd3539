import { Emitter } from "#chat/state/emitter.js";
import { Ranges } from "#chat/state/ranges.js";
import { dayOf } from "#chat/state/days.js";

const MOST = 3000;
const NEWEST = 1000;

/** Authors choose their keys: one of somebody else's may be equal. */
export const nameOf = (authorId, key) => `${authorId}/${key}`;

/**
 * One room's messages by number, as far as they are known.
 *
 * Reset, catch-up, live changes and pages of history all come in through `#upsert`: a row replaces another only if its
 * seq is newer, so they may arrive in any order and any number of times. Of too many rows it keeps the newest and those
 * around what is drawn; the others are history again.
 * @typedef {{ message: object, name: string, at: number, day: string, seen: boolean, confirmed: Row | null }} Row
 *   `confirmed`: the row as the server has it, where this one is amended
 */
export class Timeline extends Emitter {
  #rows = new Map();
  #byId = new Map();
  #byName = new Map();
  #ranges = new Ranges();

  /** True once the newest messages are known: the last range then reaches the newest and grows with it. */
  opened = false;

  /** What is drawn of it. @type {import("#chat/state/window.js").Window | null} */
  window = null;

  /** How often everything was forgotten. */
  resets = 0;

  /** How fetching history stands. @type {Record<"older" | "newer" | "around", "idle" | "loading" | "failed">} */
  fetching = { older: "idle", newer: "idle", around: "idle" };

  /** Forgets everything for the newest page. `count` is the newest number there is. */
  reset(messages, { count, hasMore }) {
    this.#rows.clear();
    this.#byId.clear();
    this.#byName.clear();
    this.#ranges.clear();
    this.opened = true;
    this.resets += 1;
    const first = hasMore && messages.length ? messages[0].number : 1;
    this.#ranges.cover(first, Math.max(count, first - 1, messages.at(-1)?.number ?? 0));
    for (const message of messages) this.#upsert(message);
    this.changed({ reset: true });
  }

  /** A row from catch-up, live or a reply. Beyond the newest known number, it becomes the newest. */
  apply(message) {
    const { tail } = this;
    const grows = tail !== null && message.number > tail.to;
    if (grows) this.#ranges.cover(tail.from, message.number);
    const news = this.#upsert(message);
    if (grows) this.#show(message.number);
    if (this.#rows.size > MOST) this.#forget();
    if (news || grows) this.changed({});
  }

  /** A page of history that knows every number in [from, to]. */
  addPage(messages, { from, to }) {
    if (from <= to) this.#ranges.cover(from, to);
    for (const message of messages) this.#upsert(message);
    for (const message of messages) this.#show(message.number);
    this.changed({});
  }

  setFetching(direction, status) {
    this.fetching = { ...this.fetching, [direction]: status };
    this.changed({});
  }

  /**
   * Shows a row as it will be once the server agrees.
   * @returns {() => void} takes it back, unless the server has spoken meanwhile
   */
  amend(id, change) {
    const row = this.byId(id);
    const confirmed = row.confirmed ?? row;
    const amended = { ...row, message: { ...row.message, ...change }, confirmed };
    this.#rows.set(row.message.number, amended);
    this.changed({});
    return () => {
      if (this.byId(id) !== amended) return;
      this.#rows.set(row.message.number, confirmed);
      this.changed({});
    };
  }

  /** @returns {import("#chat/state/ranges.js").Range | null} */
  get tail() {
    return this.opened ? this.#ranges.last() : null;
  }

  rangeAt(number) {
    return this.#ranges.at(number);
  }

  /** @returns {Row | undefined} */
  row(number) {
    return this.#rows.get(number);
  }

  /** @returns {Row | undefined} */
  byId(id) {
    return this.#rows.get(this.#byId.get(id));
  }

  has(name) {
    return this.#byName.has(name);
  }

  #forget() {
    // A page that is on its way may have been read before a change to a row that is here: the row must stay until then.
    if (!this.tail || Object.values(this.fetching).includes("loading")) return;
    const drawn = this.window?.hold() ?? null;
    const { from, numbers } = this.tail;
    const newest = { from: numbers.at(-NEWEST) ?? from, to: Infinity };
    const apart = drawn !== null && drawn.to < newest.from - 1;
    if (drawn !== null && !apart) newest.from = Math.min(newest.from, drawn.from);
    this.#ranges.keep(apart ? [drawn, newest] : [newest]);
    for (const [number, { name, message }] of this.#rows) {
      if (this.#ranges.at(number)) continue;
      this.#rows.delete(number);
      this.#byId.delete(message.id);
      this.#byName.delete(name);
    }
  }

  #upsert(message) {
    const known = this.#rows.get(message.number);
    if (known && (known.confirmed ? message.seq < known.message.seq : message.seq <= known.message.seq)) return false;
    const at = known?.at ?? Date.parse(message.created_at);
    const name = nameOf(message.author.id, message.key);
    this.#rows.set(message.number, {
      message, name, at, day: known?.day ?? dayOf(at), seen: known?.seen ?? false, confirmed: null,
    });
    this.#byId.set(message.id, message.number);
    this.#byName.set(name, message.number);
    this.#show(message.number);
    return true;
  }

  // A message that was deleted before anybody here saw it leaves no trace; one that was seen leaves a tombstone.
  #show(number) {
    const row = this.#rows.get(number);
    if (row.message.deleted || !this.#ranges.at(number)) return;
    this.#ranges.insert(number);
    row.seen = true;
  }
}
