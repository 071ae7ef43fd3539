import { REPLY } from "#chat/protocol.js";

const REPLY_SECONDS = 15;

/** The server refused a command. `retryAfter` is in seconds, null where a retry cannot help. */
export class CommandFailed extends Error {
  constructor({ code, detail, retry_after: retryAfter }) {
    super(detail);
    this.code = code;
    this.retryAfter = retryAfter ?? null;
  }
}

/** No answer came: the command may or may not have been carried out. */
export class AnswerLost extends Error {
  constructor() {
    super("The server did not answer. Try again in a moment.");
  }
}

/** Commands that await their one reply. */
export class Pushes {
  #write;
  #waiting = new Map();
  #count = 0;

  /** @param {(frame: object) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** Whether a reply is still to come. */
  get waiting() {
    return this.#waiting.size > 0;
  }

  /** Resolves to the reply's data; rejects with `CommandFailed` or `AnswerLost`. */
  push(command) {
    const ref = String(++this.#count);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#give(ref, reject, new AnswerLost()), REPLY_SECONDS * 1000);
      this.#waiting.set(ref, { resolve, reject, timer });
      this.#write({ ...command, ref });
    });
  }

  /** Hands a reply to the command it answers; one that came too late is dropped. */
  settle(reply) {
    console.assert(reply.type === REPLY);
    const waiting = this.#waiting.get(reply.ref);
    if (!waiting) return;
    if (reply.ok) this.#give(reply.ref, waiting.resolve, reply.data);
    else this.#give(reply.ref, waiting.reject, new CommandFailed(reply.error));
  }

  /** Ends every wait: the connection is gone. */
  abandon() {
    for (const [ref, { reject }] of [...this.#waiting]) this.#give(ref, reject, new AnswerLost());
  }

  #give(ref, end, value) {
    clearTimeout(this.#waiting.get(ref)?.timer);
    this.#waiting.delete(ref);
    end(value);
  }
}
