import { COMMANDS } from "#chat/protocol.js";
import { CommandFailed } from "#chat/net/push.js";
import { storeMessage } from "#chat/events.js";

const RETRY_SECONDS = 2;
const PASSING = new Set(["rate_limited", "unavailable"]);
const PATIENCE_MS = 2000;

/** Empties the outbox: one message of a room at a time, again and again with the same key until there is an answer. */
export class Sender {
  #state;
  #push;
  #pauses = new Map();
  #shutSince = new Map();

  constructor(state, push) {
    this.#state = state;
    this.#push = push;
  }

  /** A new connection: whatever was under way goes out again. */
  onLive() {
    for (const timer of this.#pauses.values()) clearTimeout(timer);
    this.#pauses.clear();
    this.#shutSince.clear();
    this.flush();
  }

  onLost() {
    this.#state.outbox.interrupt();
  }

  flush() {
    for (const room of this.#state.outbox.rooms()) this.#sendNext(room);
  }

  async #sendNext(room) {
    const { outbox, connection, clock } = this.#state;
    const entry = outbox.next(room);
    if (!entry || !connection.live || this.#pauses.has(room)) return;
    outbox.sending(entry.key);
    const begun = performance.now();
    try {
      const { key, body, sent } = entry;
      const { message } = await this.#push({ type: COMMANDS.MESSAGE_SEND, room, key, body });
      // What was sent before may have been stored then.
      if (!sent) clock.learn(message.created_at);
      storeMessage(this.#state, room, message);
      this.#shutSince.delete(room);
    } catch (failure) {
      this.#refused(entry, failure, begun);
    }
    this.#sendNext(room);
  }

  #refused({ key, room }, failure, begun) {
    const { outbox } = this.#state;
    if (failure.code !== "unavailable") this.#shutSince.delete(room);
    else if (!this.#shutSince.has(room)) this.#shutSince.set(room, begun);
    if (failure instanceof CommandFailed && !PASSING.has(failure.code) && failure.retryAfter === null) {
      outbox.failed(key, { code: failure.code, detail: failure.message });
      return;
    }
    // Judged by an answer that just came: a word that the next try makes untrue at once would only flicker.
    const since = this.#shutSince.get(room) ?? Infinity;
    outbox.waiting(key, { stuck: performance.now() - since >= PATIENCE_MS });
    this.#pause(room, failure.retryAfter ?? RETRY_SECONDS);
  }

  #pause(room, seconds) {
    const resume = () => {
      this.#pauses.delete(room);
      this.#sendNext(room);
    };
    this.#pauses.set(room, setTimeout(resume, seconds * 1000));
  }
}
