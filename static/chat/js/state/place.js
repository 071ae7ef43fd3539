import { Emitter } from "#chat/state/emitter.js";

/**
 * Where the reader is.
 *
 * `status`: "none" no room chosen; "finding" the address is being looked up; "open" the room is shown; "missing" there
 * is no such room, or it may not be seen; "gone" the reader lost it while looking.
 * @typedef {"none" | "finding" | "open" | "missing" | "gone"} Status
 */
export class Place extends Emitter {
  slug = null;
  /** @type {number | null} the room's id, once known */
  room = null;
  /** @type {Status} */
  status = "none";
  /** The room as it was, where it is gone. */
  lost = null;

  go(slug) {
    this.#set({ slug, room: null, lost: null, status: slug === null ? "none" : "finding" });
  }

  found(room) {
    this.#set({ room, lost: null, status: "open" });
  }

  missing() {
    this.#set({ room: null, status: "missing" });
  }

  gone(lost) {
    this.#set({ room: null, lost, status: "gone" });
  }

  #set(change) {
    Object.assign(this, change);
    this.changed();
  }
}
