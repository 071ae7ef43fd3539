import { counted } from "#chat/ui/words.js";
import { setText } from "#chat/ui/dom.js";

/** The buttons over the timeline that lead to the newest message and to the first unread one. */
export class Pills {
  #newest;
  #unread;
  #seenNewest = 0;
  #visitedUnread = null;

  onNewest = () => {};
  onUnread = () => {};

  /** @param {Record<string, HTMLElement>} parts `to-newest`, `to-unread` */
  constructor(parts) {
    this.#newest = parts["to-newest"];
    this.#unread = parts["to-unread"];
    this.#newest.addEventListener("click", () => this.onNewest());
    this.#unread.addEventListener("click", () => this.onUnread());
  }

  /**
   * @param {{ atEnd: boolean, far: boolean, newest: number, unreadAbove: boolean, unreadFrom: number | null }} now
   *   `newest` and `unreadFrom` are numbers of messages
   */
  draw({ atEnd, far, newest, unreadAbove, unreadFrom }) {
    if (atEnd) this.#seenNewest = newest;
    const missed = newest - this.#seenNewest;
    this.#newest.hidden = atEnd || (!far && missed <= 0);
    setText(this.#newest.querySelector("span"), missed > 0 ? counted(missed, "new message", "new messages") : "Newest");
    const label = missed > 0 ? `Jump to the newest: ${missed} new` : "Jump to the newest message";
    this.#newest.setAttribute("aria-label", label);
    // Once it has been on screen there is no need to lead there.
    if (unreadFrom !== null && !unreadAbove) this.#visitedUnread = unreadFrom;
    this.#unread.hidden = !unreadAbove || this.#visitedUnread === unreadFrom;
    setText(this.#unread.querySelector("span"), "First unread message");
  }

  /** Another room: everything up to `seen` counts as known to the reader. */
  start(seen) {
    this.#seenNewest = seen;
    this.#visitedUnread = null;
    this.#newest.hidden = this.#unread.hidden = true;
  }
}
