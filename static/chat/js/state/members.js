import { Emitter } from "#chat/state/emitter.js";

const RANK = { owner: 0, moderator: 1, member: 2 };

/** The members of rooms, where they have been asked for. */
export class Members extends Emitter {
  #rooms = new Map();
  #awaited = new Map();

  /** The list has been asked for; what changes until it comes is laid over it. */
  expect(room) {
    this.#awaited.set(room, []);
  }

  set(room, members) {
    this.#rooms.set(room, new Map(members.map((member) => [member.person.id, member])));
    const changes = this.#awaited.get(room) ?? [];
    this.#awaited.delete(room);
    for (const member of changes) this.apply(room, member);
    this.changed(room);
  }

  apply(room, member) {
    this.#awaited.get(room)?.push(member);
    const members = this.#rooms.get(room);
    if (!members) return;
    if (member.state === "active") members.set(member.person.id, member);
    else members.delete(member.person.id);
    this.changed(room);
  }

  /** @returns {object[] | null} by role and name; null when they must be asked for */
  of(room) {
    const members = this.#rooms.get(room);
    if (!members) return null;
    return [...members.values()].sort(
      (one, other) => RANK[one.role] - RANK[other.role] || one.person.name.localeCompare(other.person.name),
    );
  }

  /** Changes may have been missed. */
  forget(room) {
    this.#rooms.delete(room);
    this.changed(room);
  }
}
