import { COMMANDS } from "#chat/protocol.js";
import { CommandFailed } from "#chat/net/push.js";
import { ReadMarks } from "#chat/state/readmarks.js";

/** Tells the server how far the reader has read. */
export class Reader {
  #state;
  #push;
  #marks = new ReadMarks();
  #timer = null;

  constructor(state, push) {
    this.#state = state;
    this.#push = push;
  }

  /** Everything up to `number` has been on screen in front of the reader. */
  seen(room, number) {
    const { rooms } = this.#state;
    if (!rooms.isMember(room) || rooms.membership(room).last_read_number >= number) return;
    rooms.read(room, number);
    this.#marks.want(room, number);
    this.#flush();
  }

  onLive() {
    this.#flush();
  }

  #flush() {
    clearTimeout(this.#timer);
    if (!this.#state.connection.live) return;
    for (const { room, number } of this.#marks.take(performance.now())) this.#send(room, number);
    const wait = this.#marks.wait(performance.now());
    if (wait !== null) this.#timer = setTimeout(() => this.#flush(), wait);
  }

  async #send(room, number) {
    try {
      const { membership } = await this.#push({ type: COMMANDS.READ_SET, room, number });
      this.#state.rooms.upsertMembership(membership);
    } catch (failure) {
      if (failure instanceof CommandFailed && failure.retryAfter === null) return;
      this.#marks.want(room, number);
      this.#state.rooms.read(room, number);
      if (this.#state.connection.live) this.#timer = setTimeout(() => this.#flush(), (failure.retryAfter ?? 1) * 1000);
    }
  }
}
