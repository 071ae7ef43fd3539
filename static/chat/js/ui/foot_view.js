import { writes } from "#chat/state/rights.js";
import { setText } from "#chat/ui/dom.js";
import { attempt } from "#chat/ui/attempt.js";
import { isolated } from "#chat/ui/words.js";

/** Below the messages: the composer, or why there is none. */
export class FootView {
  #state;
  #parts;
  #composer;

  /** @param {Record<string, HTMLElement>} parts @param {{ state: object, actions: object, composer: object }} needs */
  constructor(parts, { state, actions, composer }) {
    this.#state = state;
    this.#parts = parts;
    this.#composer = composer;
    const join = () => actions.join(state.place.room);
    parts.join.addEventListener("click", () => attempt(parts.join, parts["bar-text"], join));
  }

  draw() {
    const { rooms, place } = this.#state;
    const room = place.room === null ? null : rooms.get(place.room);
    this.#parts.foot.classList.toggle("foot-idle", place.status !== "open" && place.status !== "finding");
    const writable = room !== null && writes(this.#state, room.id);
    this.#parts.composer.hidden = room !== null && !writable;
    this.#parts.text.disabled = !writable;
    this.#parts.bar.hidden = room === null || writable;
    this.#parts.join.hidden = Boolean(room?.archived);
    if (writable) this.#composer.show(room);
    else this.#composer.hide();
    if (room && !writable) setText(this.#parts["bar-text"], reason(room));
  }
}

function reason(room) {
  if (room.archived) return `${isolated(room.name)} is archived: it can be read, but nobody writes here any more.`;
  return `You are looking at ${isolated(room.name)}. Join it to write and to keep it in your list.`;
}
