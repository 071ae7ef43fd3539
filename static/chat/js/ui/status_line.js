import { listed } from "#chat/ui/words.js";
import { setText } from "#chat/ui/dom.js";

const PATIENCE_MS = 700;
const MOST_TYPING = 3;
const STUCK = "The server cannot store right now. Your messages are kept.";

const FINAL = {
  session: ["You are signed out; what you wrote is kept in this tab.", "Sign in again"],
  account: ["This account may not connect any more.", "Sign in"],
  outdated: ["This page is out of date.", "Load it again"],
  misunderstood: ["This page and the server misunderstood each other.", "Load it again"],
};

/**
 * The line above the composer: what is true of the connection, else that the server cannot store what was written here,
 * else who is typing. Its height is reserved.
 */
export class StatusLine {
  #state;
  #parts;
  #timer = null;
  #since = performance.now();

  /** @param {Record<string, HTMLElement>} parts `connection`, `typing` */
  constructor(parts, { state }) {
    this.#state = state;
    this.#parts = parts;
    state.connection.subscribe(() => {
      if (state.connection.live) this.#since = null;
      else this.#since ??= performance.now();
      this.draw();
    });
    state.outbox.subscribe(() => this.draw());
    state.typing.subscribe(() => this.draw());
    state.place.subscribe(() => this.draw());
    this.draw();
  }

  draw() {
    clearTimeout(this.#timer);
    this.#drawConnection();
    this.#drawTyping();
  }

  #drawConnection() {
    const { connection } = this.#state;
    const { connection: line } = this.#parts;
    line.parentElement.dataset.connection = connection.status;
    if (connection.reason) return this.#drawFinal(FINAL[connection.reason]);
    setText(line, this.#sentence());
    if (!connection.live) this.#timer = setTimeout(() => this.draw(), 250);
  }

  #sentence() {
    const { connection, outbox, place } = this.#state;
    const { status, retryAt, wasLive } = connection;
    if (status === "live") return outbox.stuck(place.room) ? STUCK : "";
    // A connection that is back at once was never worth a word.
    if (performance.now() - this.#since < PATIENCE_MS) return "";
    const seconds = Math.ceil((retryAt - performance.now()) / 1000);
    if (status === "waiting" && seconds > 0) return `Reconnecting in ${seconds} s. Your messages are kept.`;
    return wasLive ? "Reconnecting. Your messages are kept." : "Connecting…";
  }

  #drawFinal([sentence, deed]) {
    if (this.#parts.connection.querySelector("a")) return;
    const link = document.createElement("a");
    link.href = location.href;
    link.textContent = deed;
    this.#parts.connection.replaceChildren(`${sentence} `, link);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
  }

  #drawTyping() {
    const { typing, place, me, connection } = this.#state;
    const people = connection.live && place.room !== null ? typing.people(place.room, me.id) : [];
    setText(this.#parts.typing, typingSentence(people.map(({ name }) => name)));
    if (people.length) this.#timer = setTimeout(() => this.draw(), 1000);
  }
}

function typingSentence(names) {
  if (names.length === 0) return "";
  if (names.length > MOST_TYPING) return "Several people are typing…";
  return `${listed(names)} ${names.length === 1 ? "is" : "are"} typing…`;
}
