import { AnswerLost, CommandFailed } from "#chat/net/push.js";
import { COMMANDS, EVENTS } from "#chat/protocol.js";

import { BO, message, room } from "./builders.mjs";

const PAGE = 5;

/** One room of a server, as the protocol describes it, behind a network that can be told to misbehave. */
export class FakeServer {
  epoch = "e";
  head = 0;
  rows = new Map();
  keys = new Map();
  commands = [];
  /** What to do with the next commands: "refuse" an error to give, "lose" the command, "lose the answer". */
  mishaps = [];
  /** What happens after a room's position is read for an answer, before its rows are. */
  between = () => {};

  /** @param {{ me: object, deliver: (event: object) => void }} client */
  constructor({ me, deliver }) {
    this.me = me;
    this.deliver = deliver;
  }

  push = async (command) => {
    this.commands.push(command);
    const mishap = this.mishaps.shift();
    await null;
    if (mishap?.refuse) throw new CommandFailed({ retry_after: null, ...mishap.refuse });
    if (mishap === "lose") throw new AnswerLost();
    const answer = this.#answer(command);
    if (mishap === "lose the answer") throw new AnswerLost();
    return answer;
  };

  /** Somebody writes; `heard` false loses the live event. */
  say(body, { author = BO, key = `key-${this.rows.size + 1}`, heard = true } = {}) {
    return this.#change(message(this.rows.size + 1, { author, key, body }), heard);
  }

  edit(number, body, { heard = true } = {}) {
    return this.#change({ ...this.rows.get(number), body }, heard);
  }

  #change(row, heard) {
    const change = { prev: this.head, seq: ++this.head };
    const stored = { ...row, seq: change.seq };
    this.rows.set(row.number, stored);
    if (heard) this.deliver({ type: EVENTS.MESSAGE_CHANGED, room: 12, ...change, message: stored });
    return stored;
  }

  #answer({ type, since, key, body }) {
    if (type === COMMANDS.ROOM_OPEN) return this.#opened(since);
    if (type !== COMMANDS.MESSAGE_SEND) return {};
    if (!this.keys.has(key)) this.keys.set(key, this.say(body, { author: this.me, key }).number);
    return { message: this.rows.get(this.keys.get(key)) };
  }

  #opened(since) {
    const { head, rows: { size: count } } = this;
    this.between();
    const rows = [...this.rows.values()];
    const reset = since?.epoch !== this.epoch;
    const bySeq = rows.toSorted((one, other) => one.seq - other.seq);
    const changed = reset ? rows.slice(-PAGE) : bySeq.filter(({ seq }) => seq > since.seq);
    const page = changed.slice(0, PAGE);
    return {
      room: room({ head, message_count: count }),
      membership: null,
      epoch: this.epoch,
      head,
      changes: page,
      reset,
      has_more: reset && rows.length > PAGE,
      next: page.length < changed.length ? page.at(-1).seq : null,
      presence: null,
    };
  }
}
