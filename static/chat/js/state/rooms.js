import { Emitter } from "#chat/state/emitter.js";

/**
 * The rooms this person has, and those they look at without being in them.
 *
 * What arrives may be older than what is known: counters only go forward.
 */
export class Rooms extends Emitter {
  #rooms = new Map();
  #memberships = new Map();

  /** True once the server has said which rooms there are. */
  known = false;

  /** These are all rooms joined; others stay only as long as they are looked at (`keep`). */
  replace(joined, keep = []) {
    const kept = new Map(keep.map((id) => [id, this.#rooms.get(id)]));
    this.#rooms = new Map([...kept].filter(([, room]) => room));
    this.#memberships.clear();
    for (const { room, membership } of joined) {
      this.#rooms.set(room.id, room);
      this.#memberships.set(room.id, membership);
    }
    this.known = true;
    this.changed();
  }

  /** The room as it is now for certain, even if what is known looks newer: it may be of another epoch. */
  put(room) {
    this.#rooms.set(room.id, room);
    this.changed();
  }

  upsert(room) {
    const known = this.#rooms.get(room.id);
    const newer = !known || room.head >= known.head;
    const message_count = Math.max(room.message_count, known?.message_count ?? 0);
    this.#rooms.set(room.id, { ...(newer ? room : known), message_count });
    this.changed();
  }

  /** @param {object | null} membership null: this person was never a member */
  upsertMembership(membership) {
    if (!membership) return;
    const known = this.#memberships.get(membership.room);
    const stays = known?.state === "active" && membership.state === "active";
    const last_read_number = Math.max(stays ? known.last_read_number : 0, membership.last_read_number);
    this.#memberships.set(membership.room, { ...membership, last_read_number });
    this.changed();
  }

  /** The room moved on; nothing else about it is known. */
  advance(id, { head, message_count }) {
    const room = this.#rooms.get(id);
    if (!room) return;
    this.#rooms.set(id, {
      ...room,
      head: Math.max(room.head, head),
      message_count: Math.max(room.message_count, message_count),
    });
    this.changed();
  }

  /** Moves one's own read marker before the server confirms it. */
  read(id, number) {
    const membership = this.#memberships.get(id);
    if (!membership || membership.last_read_number >= number) return;
    this.#memberships.set(id, { ...membership, last_read_number: number });
    this.changed();
  }

  setMemberCount(id, member_count) {
    const room = this.#rooms.get(id);
    if (!room) return;
    this.#rooms.set(id, { ...room, member_count });
    this.changed();
  }

  /** Forgets a room that may not be seen any more. */
  forget(id) {
    this.#rooms.delete(id);
    this.#memberships.delete(id);
    this.changed();
  }

  get(id) {
    return this.#rooms.get(id) ?? null;
  }

  bySlug(slug) {
    return [...this.#rooms.values()].find((room) => room.slug === slug) ?? null;
  }

  membership(id) {
    return this.#memberships.get(id) ?? null;
  }

  isMember(id) {
    return this.membership(id)?.state === "active";
  }

  /** The rooms joined, by name in the reader's language. */
  joined() {
    return [...this.#rooms.values()]
      .filter(({ id }) => this.isMember(id))
      .sort((one, other) => one.name.localeCompare(other.name) || one.id - other.id);
  }

  unread(id) {
    const membership = this.membership(id);
    if (membership?.state !== "active") return 0;
    return Math.max(0, this.get(id).message_count - membership.last_read_number);
  }

  totalUnread() {
    return this.joined().reduce((sum, { id }) => sum + this.unread(id), 0);
  }
}
