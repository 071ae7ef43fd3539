import { COMMANDS, EVENTS } from "#chat/protocol.js";
import { CommandFailed } from "#chat/net/push.js";
import { applyEvent, storeMessage } from "#chat/events.js";
import { Stream } from "#chat/state/stream.js";

const MOST_OPEN = 8;
const RETRY_SECONDS = 2;
const HOPELESS_SECONDS = 15;
const LOST = new Set(["not_found", "not_allowed"]);

/**
 * Keeps the timelines of the rooms shown lately equal to the server's.
 *
 * A room is opened at its cursor and paged until it is live; a gap asks again. Rooms shown before the last few are
 * closed on the server and keep their cursor: showing one again fetches only what changed.
 */
export class RoomSync {
  #state;
  #push;
  #onLost;
  #views = new Map();

  /**
   * @param {object} state
   * @param {(command: object) => Promise<object>} push
   * @param {(room: number) => void} onLost the room does not exist or may not be seen
   */
  constructor(state, push, onLost) {
    this.#state = state;
    this.#push = push;
    this.#onLost = onLost;
  }

  /** The reader looks at a room. */
  show(room) {
    const known = this.#views.get(room);
    const view = known ?? { stream: new Stream((change) => applyEvent(this.#state, change)), open: false, turn: 0 };
    this.#views.delete(room);
    this.#views.set(room, view);
    this.#closeOldest();
    if (!view.open) this.#open(room);
  }

  /** A new connection: the room shown last comes first. */
  onLive() {
    for (const [room, view] of [...this.#views].reverse()) {
      view.stream.interrupt();
      this.#catchUp(room);
    }
  }

  /** A change in a room's stream. Rooms that are not open here hear only of their details. */
  receive(change) {
    const view = this.#views.get(change.room);
    if (view?.open) {
      if (view.stream.receive(change)) this.#catchUp(change.room);
    } else if (change.type === EVENTS.ROOM_CHANGED) applyEvent(this.#state, change);
  }

  /** Forgets a room that may not be seen any more. */
  purge(room) {
    if (this.#views.get(room)?.open) this.#close(room);
    this.#views.delete(room);
    this.#state.timelines.purge(room);
    this.#state.members.forget(room);
  }

  #open(room) {
    this.#views.get(room).open = true;
    this.#catchUp(room);
  }

  #closeOldest() {
    const most = Math.min(MOST_OPEN, this.#state.limits.open_rooms ?? MOST_OPEN);
    const others = [...this.#views.keys()].slice(0, -1).filter((room) => this.#views.get(room).open);
    for (const room of others.slice(0, Math.max(0, others.length + 1 - most))) this.#close(room);
  }

  #close(room) {
    const view = this.#views.get(room);
    view.open = false;
    view.stream.interrupt();
    this.#push({ type: COMMANDS.ROOM_CLOSE, room }).catch(() => {
      // Without a connection the room is closed already.
    });
  }

  async #catchUp(room) {
    const view = this.#views.get(room);
    if (!view?.open || view.stream.catchingUp || !this.#state.connection.live) return;
    const turn = ++view.turn;
    const current = () => turn === view.turn && this.#views.get(room) === view && view.open;
    view.stream.begin();
    try {
      for (let more = true; more; ) {
        const since = view.stream.cursor ?? undefined;
        const opened = await this.#push({ type: COMMANDS.ROOM_OPEN, room, since });
        if (!current()) return;
        this.#take(room, view.stream, opened);
        more = opened.next !== null;
      }
    } catch (failure) {
      if (current()) this.#refused(room, view.stream, failure);
      return;
    }
    if (view.stream.finish()) this.#catchUp(room);
  }

  #take(room, stream, opened) {
    stream.reached(opened.epoch, opened.next ?? opened.head);
    if (opened.reset) this.#state.rooms.put(opened.room);
    else this.#state.rooms.upsert(opened.room);
    this.#state.rooms.upsertMembership(opened.membership);
    if (opened.reset) {
      const timeline = this.#state.timelines.of(room);
      timeline.reset(opened.changes, { count: opened.room.message_count, hasMore: opened.has_more });
    }
    for (const message of opened.changes) storeMessage(this.#state, room, message);
    if (opened.presence) applyEvent(this.#state, opened.presence);
    // Changes of members are not rows of the catch-up.
    this.#state.members.forget(room);
  }

  #refused(room, stream, failure) {
    stream.interrupt();
    if (LOST.has(failure.code)) {
      this.#views.delete(room);
      this.#onLost(room);
      return;
    }
    const seconds = failure.retryAfter ?? (failure instanceof CommandFailed ? HOPELESS_SECONDS : RETRY_SECONDS);
    setTimeout(() => this.#catchUp(room), seconds * 1000);
  }
}
