import { clone } from "#chat/ui/dom.js";
import { isolated } from "#chat/ui/words.js";

const PATIENCE_MS = 4000;

/** What stands in place of a conversation when there is none to show. */
export class Placeholder {
  #root;
  #state;
  #deeds;
  #shown = null;
  #timer = null;

  /**
   * @param {HTMLElement} root
   * @param {{ state: object, deeds: Record<"browse" | "new" | "first" | "rejoin", () => void> }} needs
   */
  constructor(root, { state, deeds }) {
    this.#root = root;
    this.#state = state;
    this.#deeds = deeds;
    root.addEventListener("click", (event) => deeds[event.target.closest("[data-do]")?.dataset.do]?.());
  }

  draw() {
    clearTimeout(this.#timer);
    this.#put(this.#which());
  }

  #which() {
    const { place, rooms, connection } = this.#state;
    if (place.status === "missing" || place.status === "gone") return place.status;
    if (place.status === "none" && rooms.known) return rooms.joined().length ? "choose" : "none";
    if (place.status === "open" || connection.wasLive) return null;
    // Before the first connection there is nothing to show; after a while that must be said.
    this.#timer = setTimeout(() => this.#put("unreachable"), PATIENCE_MS);
    return this.#shown === "unreachable" ? "unreachable" : null;
  }

  #put(name) {
    this.#root.hidden = name === null;
    if (this.#shown === name) return;
    this.#shown = name;
    this.#root.replaceChildren(...(name ? [clone(`${name}-template`)] : []));
    if (name === "gone") this.#explain();
  }

  #explain() {
    const { lost } = this.#state.place;
    const again = lost.left && lost.room.kind === "public";
    this.#root.querySelector("p").textContent = again
      ? `You left ${isolated(lost.room.name)}. You can join it again at any time.`
      : lost.left
        ? `You left ${isolated(lost.room.name)}. Somebody in it can add you again.`
        : `You cannot read ${isolated(lost.room.name)} any more. If that is a mistake, ask somebody in it.`;
    this.#root.querySelector('[data-do="rejoin"]').hidden = !again;
  }
}
