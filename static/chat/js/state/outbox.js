import { Emitter } from "#chat/state/emitter.js";
import { Stored } from "#chat/state/storage.js";
import { newKey } from "#chat/state/keys.js";

/**
 * One's own messages that the server has not confirmed, in the order of writing; they survive a reload.
 *
 * A message is sent again with the key it was born with, so however often it goes out, it is stored once. In each room
 * one is under way at a time: a later one never overtakes an earlier one.
 * @typedef {{ key: string, room: number, body: string, at: number, state: "sending" | "waiting" | "failed",
 *             sent: boolean, stuck: boolean, error: { code: string, detail: string } | null }} Entry
 *   `stuck`: the server keeps answering that it cannot store it now
 */
export class Outbox extends Emitter {
  #stored;

  /** @param {Storage | null} storage @param {number} personId */
  constructor(storage, personId) {
    super();
    this.#stored = new Stored(storage, `parley:outbox:${personId}`, []);
    this.interrupt();
  }

  /** @returns {readonly Entry[]} */
  entries(room) {
    return this.#stored.get().filter((entry) => entry.room === room);
  }

  /** @returns {number[]} rooms with something to send */
  rooms() {
    return [...new Set(this.#stored.get().filter(({ state }) => state === "waiting").map(({ room }) => room))];
  }

  /** @returns {Entry | null} what to send next in a room: null while one is under way */
  next(room) {
    const open = this.entries(room).filter(({ state }) => state !== "failed");
    return open[0]?.state === "waiting" ? open[0] : null;
  }

  /** Whether something of a room waits for a server that cannot store it now. */
  stuck(room) {
    return this.entries(room).some(({ stuck }) => stuck);
  }

  get(key) {
    return this.#stored.get().find((entry) => entry.key === key) ?? null;
  }

  add({ room, body, at }) {
    const entry = { key: newKey(), room, body, at, state: "waiting", sent: false, stuck: false, error: null };
    this.#save([...this.#stored.get(), entry], room);
    return entry;
  }

  sending(key) {
    this.#change(key, { state: "sending", sent: true, error: null });
  }

  waiting(key, { stuck }) {
    this.#change(key, { state: "waiting", stuck });
  }

  failed(key, { code, detail }) {
    this.#change(key, { state: "failed", stuck: false, error: { code, detail } });
  }

  /** Puts a failed message at the end of its room's queue. One whose key was taken gets a new one. */
  retry(key) {
    const entry = this.get(key);
    if (entry?.state !== "failed") return;
    const fit = entry.error.code === "key_conflict" ? newKey() : key;
    const again = { ...entry, key: fit, state: "waiting", error: null };
    this.#save([...this.#without(key), again], entry.room);
  }

  /** The message is stored, or its author gave it up. */
  remove(key) {
    const entry = this.get(key);
    if (entry) this.#save(this.#without(key), entry.room);
  }

  /** The connection is gone, or the page was loaded anew: nothing is under way. */
  interrupt() {
    const entries = this.#stored.get();
    if (!entries.some(({ state, stuck }) => state === "sending" || stuck)) return;
    const again = (entry) => ({ ...entry, state: entry.state === "sending" ? "waiting" : entry.state, stuck: false });
    this.#save(entries.map(again), null);
  }

  #change(key, change) {
    const entry = this.get(key);
    if (!entry) return;
    this.#save(this.#stored.get().map((each) => (each.key === key ? { ...each, ...change } : each)), entry.room);
  }

  #without(key) {
    return this.#stored.get().filter((entry) => entry.key !== key);
  }

  #save(entries, room) {
    this.#stored.set(entries);
    this.changed({ room });
  }
}
