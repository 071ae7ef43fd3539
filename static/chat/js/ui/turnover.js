/**
 * What is drawn next: the messages of a window, and for one frame also those that it let go of.
 *
 * What comes below and what leaves above would together look like a jump, so each has a frame of its own. What comes
 * is first, for after a burst too little stays to fill the screen. What leaves is as it was, to the pixel, until it
 * does; what leaves was settled when the rest was drawn, whatever came since.
 */
export class Turnover {
  #rest = null;

  /** @type {import("#chat/ui/log_view.js").Drawing} what is drawn */
  drawn = { messages: [], before: null };

  /**
   * @param {import("#chat/state/window.js").Window} window
   * @param {{ atEnd: boolean, read: () => object }} now whether the reader is at the newest; the window's own drawing
   * @returns {{ messages: object[], before: object | null, again: boolean }} what to draw; whether to come again
   */
  next(window, { atEnd, read }) {
    const { messages, before } = this.drawn;
    if (this.#rest) {
      const { lowest, above } = this.#rest;
      this.#rest = null;
      const rest = messages.filter(({ number }) => number === null || number >= lowest);
      return { messages: rest, before: above, again: true };
    }
    // Whatever knows too much trims it too: what was let go of is told by what is drawn alone.
    window.trim({ atEnd });
    const [lowest] = window.numbers();
    const coming = read();
    const leaving = messages.filter(({ number }) => number !== null && number < lowest);
    if (leaving.length === 0) return { ...coming, again: false };
    this.#rest = { lowest, above: coming.before };
    return { messages: [...leaving, ...coming.messages], before, again: true };
  }
}
