const NEAR_END = 48;
const EYE_SECONDS = 10;

/**
 * Keeps what is being read where it is.
 *
 * A reader at the end stays at the end. Further up, the line under the eye stays: the one at the pointer if it moved
 * lately, else the one in the middle.
 */
export class ScrollKeeper {
  #scroller;
  #pointer = { y: 0, at: -Infinity };

  /** True while the reader is at the end. */
  pinned = true;

  /** @param {HTMLElement} scroller @param {{ onScroll: () => void }} listener */
  constructor(scroller, { onScroll }) {
    this.#scroller = scroller;
    scroller.addEventListener("pointermove", ({ clientY }) => (this.#pointer = { y: clientY, at: performance.now() }), {
      passive: true,
    });
    scroller.addEventListener(
      "scroll",
      () => {
        this.pinned = this.distanceToEnd() < NEAR_END;
        onScroll();
      },
      { passive: true },
    );
    const stay = new ResizeObserver(() => this.pinned && this.toEnd());
    stay.observe(scroller);
    stay.observe(scroller.firstElementChild);
  }

  distanceToStart() {
    return this.#scroller.scrollTop;
  }

  distanceToEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Changes the content without moving what is being read. */
  keep(change) {
    if (this.pinned) {
      change();
      this.toEnd();
    } else this.#keepEye(change);
  }

  toEnd() {
    this.pinned = true;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Brings an element to a height given as a part of the visible one. */
  bring(element, part) {
    const { top, height } = this.#scroller.getBoundingClientRect();
    this.#scroller.scrollTop += element.getBoundingClientRect().top - top - height * part;
    this.pinned = this.distanceToEnd() < NEAR_END;
  }

  #keepEye(change) {
    const eye = this.#eye();
    const before = eye?.getBoundingClientRect().top;
    change();
    if (!eye?.isConnected) return;
    const moved = eye.getBoundingClientRect().top - before;
    if (Math.abs(moved) >= 0.5) this.#scroller.scrollTop += moved;
  }

  #eye() {
    const { left, top, width, height, bottom } = this.#scroller.getBoundingClientRect();
    const recent = performance.now() - this.#pointer.at < EYE_SECONDS * 1000;
    const y = recent && this.#pointer.y > top && this.#pointer.y < bottom ? this.#pointer.y : top + height / 2;
    for (const each of [y, top + height / 3, bottom - 8, top + 8]) {
      const message = document.elementFromPoint(left + width / 2, each)?.closest(".message");
      if (message) return message;
    }
    return null;
  }
}
