const LEAST = 200;
const MOST = 420;
const USUAL = 260;
const STEP = 16;

/** Lets the reader choose how wide the room list is, or hide it; kept on this device. */
export class SidebarWidth {
  #shell = document.querySelector(".shell");
  #resizer;
  #stored;

  /**
   * @param {Record<string, HTMLElement>} parts `resizer`, `hide`, `show-list`
   * @param {import("#chat/state/storage.js").Stored} stored `{ width, hidden }`
   */
  constructor(parts, stored) {
    this.#resizer = parts.resizer;
    this.#stored = stored;
    this.#resizer.addEventListener("pointerdown", (event) => this.#drag(event));
    this.#resizer.addEventListener("keydown", (event) => this.#pressed(event));
    this.#resizer.addEventListener("dblclick", () => this.#save({ width: USUAL }));
    parts.hide.addEventListener("click", () => this.#toggle(true, parts["show-list"]));
    parts["show-list"].addEventListener("click", () => this.#toggle(false, parts.hide));
    this.#draw();
  }

  #toggle(hidden, focus) {
    this.#save({ hidden });
    focus.focus();
  }

  #drag(event) {
    event.preventDefault();
    this.#resizer.setPointerCapture(event.pointerId);
    const end = new AbortController();
    const width = ({ clientX }) => (document.dir === "rtl" ? innerWidth - clientX : clientX);
    this.#resizer.addEventListener("pointermove", (move) => this.#draw({ width: width(move) }), { signal: end.signal });
    this.#resizer.addEventListener("pointerup", (up) => {
      end.abort();
      this.#save({ width: width(up) });
    }, { signal: end.signal });
    this.#resizer.addEventListener("pointercancel", () => end.abort(), { signal: end.signal });
  }

  #pressed({ key }) {
    const outwards = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const inwards = document.dir === "rtl" ? "ArrowRight" : "ArrowLeft";
    const step = { [outwards]: STEP, [inwards]: -STEP }[key];
    if (step) this.#save({ width: (this.#stored.get().width ?? USUAL) + step });
  }

  #save(change) {
    const next = { ...this.#stored.get(), ...change };
    this.#stored.set({ ...next, width: clamp(next.width ?? USUAL) });
    this.#draw();
  }

  #draw({ width = USUAL, hidden = this.#stored.get().hidden } = this.#stored.get()) {
    this.#shell.style.setProperty("--sidebar-width", `${clamp(width)}px`);
    this.#shell.classList.toggle("shell-no-sidebar", Boolean(hidden));
    this.#resizer.setAttribute("aria-valuemin", LEAST);
    this.#resizer.setAttribute("aria-valuemax", MOST);
    this.#resizer.setAttribute("aria-valuenow", clamp(width));
  }
}

const clamp = (width) => Math.round(Math.max(LEAST, Math.min(MOST, width)));
