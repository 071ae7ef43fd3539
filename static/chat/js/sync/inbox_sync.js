import { COMMANDS } from "#chat/protocol.js";
import { Stream } from "#chat/state/stream.js";

const RETRY_SECONDS = 2;

/** Keeps the person's own list of rooms equal to the server's. */
export class InboxSync {
  #push;
  #apply;
  #stream;
  #generation = 0;

  /**
   * @param {(command: object) => Promise<object>} push
   * @param {(change: object) => void} apply takes a change of this person's memberships
   */
  constructor(push, apply) {
    this.#push = push;
    this.#apply = apply;
    this.#stream = new Stream(apply);
  }

  /** `hello` carries every room there is: the list starts from it. */
  onHello({ epoch, inbox }) {
    this.#generation += 1;
    this.#stream.interrupt();
    this.#stream.reached(epoch, inbox);
  }

  receive(change) {
    if (this.#stream.receive(change)) this.#catchUp();
  }

  async #catchUp() {
    if (this.#stream.catchingUp) return;
    const generation = this.#generation;
    this.#stream.begin();
    let opened;
    try {
      opened = await this.#push({ type: COMMANDS.INBOX_OPEN, since: this.#stream.cursor });
    } catch (failure) {
      if (generation !== this.#generation) return;
      this.#stream.interrupt();
      setTimeout(() => this.#catchUp(), (failure.retryAfter ?? RETRY_SECONDS) * 1000);
      return;
    }
    if (generation !== this.#generation) return;
    this.#stream.reached(opened.epoch, opened.head);
    for (const change of opened.changes) this.#apply(change);
    if (this.#stream.finish()) this.#catchUp();
  }
}
