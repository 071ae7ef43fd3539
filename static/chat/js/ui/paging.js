const NEAR_EDGE = 1200;

/** Draws and fetches more when the reader comes near the first or the last drawn message. */
export class Paging {
  #actions;
  #keeper;
  #onGrown;
  #room = null;
  #timeline = null;
  #window = null;

  /**
   * @param {{ actions: object, keeper: import("#chat/ui/scroll_keeper.js").ScrollKeeper, onGrown: () => void }} needs
   */
  constructor({ actions, keeper, onGrown }) {
    this.#actions = actions;
    this.#keeper = keeper;
    this.#onGrown = onGrown;
  }

  open(room, timeline, window) {
    this.#room = room;
    this.#timeline = timeline;
    this.#window = window;
  }

  /** The reader moved, or there is more to draw than before. */
  check() {
    if (!this.#timeline.opened) return;
    this.#window.atEnd = this.#keeper.pinned;
    if (this.#keeper.distanceToStart() < NEAR_EDGE) this.#extend("older");
    else if (this.#keeper.distanceToEnd() < NEAR_EDGE) this.#extend("newer");
  }

  async fetch(direction) {
    const [timeline, room] = [this.#timeline, this.#room];
    const { range } = this.#window;
    await (direction === "older" ? this.#actions.older(room, range) : this.#actions.newer(room, range));
    // Where nothing new is known, asking again would change nothing.
    if (timeline === this.#timeline && this.#window.range !== range) this.check();
  }

  /** What lies beyond the first and the last drawn message. */
  edges() {
    const { fetching, opened } = this.#timeline;
    if (!opened) return { older: "unknown", newer: "none" };
    const older = this.#window.canGrow.older || this.#window.range?.from > 1;
    return {
      older: !older ? "none" : fetching.older === "failed" ? "failed" : "more",
      newer: this.#window.follows ? "none" : fetching.newer === "failed" ? "failed" : "more",
    };
  }

  #extend(direction) {
    const { canGrow, range, follows } = this.#window;
    if (canGrow[direction]) {
      if (direction === "older") this.#window.growOlder();
      else this.#window.growNewer();
      this.#onGrown();
    } else if (direction === "older" ? range?.from > 1 : !follows) {
      if (this.#timeline.fetching[direction] === "idle") this.fetch(direction);
    }
  }
}
