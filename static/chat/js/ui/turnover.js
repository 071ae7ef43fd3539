/**
 * Which messages are drawn next: those of a window, and for one frame also those that it let go of.
 *
 * What comes below and what leaves above would together look like a jump, so each has a frame of its own. What comes is
 * first, for after a burst too little stays to fill the screen.
 */
export class Turnover {
  #leaving = false;

  /** What is drawn. */
  drawn = [];

  /** The row above the first of those, if known. */
  before = null;

  /**
   * @param {import("#chat/state/window.js").Window} window
   * @param {{ atEnd: boolean, read: () => object[] }} now whether the reader is at the newest; reads the window's messages
   * @returns {{ messages: object[], again: boolean }} what to draw, and whether there is more to do a frame later
   */
  next(window, { atEnd, read }) {
    if (this.#leaving) {
      this.#leaving = false;
      return { messages: this.drawn.filter((message) => !leaves(message, window)), again: true };
    }
    // Whatever knows too much trims it too: what was let go of is told by what is drawn alone.
    window.trim({ atEnd });
    const leaving = this.drawn.filter((message) => leaves(message, window));
    this.#leaving = leaving.length > 0;
    return { messages: [...leaving, ...read()], again: this.#leaving };
  }

  /** These are drawn now; `before` is the row above the first of the window. */
  draws(messages, window, { before }) {
    this.drawn = messages;
    // Those that leave stay what they were, to the pixel: the first of them begins as it did.
    if (!messages.some((message) => leaves(message, window))) this.before = before;
  }
}

function leaves({ number }, window) {
  return number !== null && number < window.numbers()[0];
}
