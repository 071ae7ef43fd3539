import { CLOSE_CODES, COMMANDS, EVENTS, REPLY, SUBPROTOCOL } from "#chat/protocol.js";
import { backoff } from "#chat/net/backoff.js";
import { Heartbeat } from "#chat/net/heartbeat.js";
import { AnswerLost, Pushes } from "#chat/net/push.js";

const HELLO_SECONDS = 10;
const STEADY_SECONDS = 3;

const FINAL = {
  [CLOSE_CODES.BAD_FRAME]: { status: "stopped", reason: "misunderstood" },
  [CLOSE_CODES.SIGN_IN]: { status: "signed-out", reason: "session" },
  [CLOSE_CODES.NOT_ALLOWED]: { status: "signed-out", reason: "account" },
};
const UNWELCOME = { ...FINAL, [CLOSE_CODES.BAD_FRAME]: { status: "stopped", reason: "outdated" } };

/**
 * One connection that comes back by itself.
 *
 * Every attempt has a generation; whatever an older one still reports is dropped.
 */
export class Socket {
  #url;
  #person;
  #listener;
  #open;
  #generation = 0;
  #socket = null;
  #live = false;
  #over = false;
  // When the last connection that held was lost, the page loaded, or the server asked to come back.
  #awaySince = performance.now();
  #liveSince = 0;
  #retryAfter = 0;
  #timer = null;
  #pushes = new Pushes((frame) => this.#write(frame));
  #heartbeat = new Heartbeat({
    ping: () => this.#write({ type: COMMANDS.PING }),
    dead: () => this.#lost(null),
  });

  /**
   * @param {string} url
   * @param {number} person whose page this is: a session of somebody else's ends it
   * @param {{ onStatus: (status: {status: string, reason?: string, retryAt?: number}) => void,
   *           onHello: (hello: object) => void, onEvent: (event: object) => void }} listener
   * @param {(url: string, protocols: string[]) => WebSocket} open
   */
  constructor(url, person, listener, open = (address, protocols) => new WebSocket(address, protocols)) {
    this.#url = url;
    this.#person = person;
    this.#listener = listener;
    this.#open = open;
  }

  connect() {
    clearTimeout(this.#timer);
    const generation = ++this.#generation;
    const current = (handle) => (event) => generation === this.#generation && handle(event);
    this.#listener.onStatus({ status: "connecting" });
    const socket = (this.#socket = this.#open(this.#url, [SUBPROTOCOL]));
    socket.onmessage = current((event) => this.#receive(JSON.parse(event.data)));
    socket.onclose = current((event) => this.#lost(event.code));
    this.#timer = setTimeout(() => this.#lost(null), HELLO_SECONDS * 1000);
  }

  /** Resolves to the reply's data; rejects with `CommandFailed` or `AnswerLost`. */
  async push(command) {
    if (!this.#live) throw new AnswerLost();
    this.#heartbeat.expect();
    return this.#pushes.push(command);
  }

  /** Sends a command whose answer nobody waits for; without a connection it is dropped. */
  tell(command) {
    if (this.#live) this.#write(command);
  }

  /** Something hints that the network is back, or may have gone without a word. */
  hurry() {
    if (this.#over) return;
    if (this.#live) this.#heartbeat.probe();
    else if (this.#socket === null && this.#retryAfter === 0) this.connect();
  }

  #write(frame) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(frame));
  }

  #receive(frame) {
    this.#heartbeat.heard();
    if (frame.type === REPLY) this.#pushes.settle(frame);
    else if (frame.type === EVENTS.HELLO) this.#greet(frame);
    else if (frame.type === EVENTS.GOODBYE) this.#retryAfter = frame.retry_after;
    else if (frame.type !== EVENTS.PONG) this.#listener.onEvent(frame);
    if (this.#pushes.waiting) this.#heartbeat.expect();
  }

  #greet(hello) {
    if (hello.user.id !== this.#person) return this.#lost(CLOSE_CODES.SIGN_IN);
    clearTimeout(this.#timer);
    this.#live = true;
    this.#liveSince = performance.now();
    this.#retryAfter = 0;
    this.#heartbeat.start(hello.heartbeat);
    this.#listener.onStatus({ status: "live" });
    this.#listener.onHello(hello);
  }

  #lost(code) {
    clearTimeout(this.#timer);
    this.#generation += 1;
    this.#heartbeat.stop();
    const final = (this.#live ? FINAL : UNWELCOME)[code];
    const now = performance.now();
    if (this.#live) this.#count(now - this.#liveSince, now);
    this.#live = false;
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
    this.#pushes.abandon();
    if (final) {
      this.#over = true;
      this.#listener.onStatus(final);
    } else this.#wait(now);
  }

  // A server that accepts and closes at once must not be asked ever faster: a brief life only is no time away.
  #count(lived, now) {
    if (lived >= STEADY_SECONDS * 1000) this.#awaySince = now;
    else this.#awaySince += lived;
  }

  #wait(now) {
    if (this.#retryAfter) this.#awaySince = now + this.#retryAfter * 1000;
    const seconds = this.#retryAfter + backoff(Math.max(0, now - this.#awaySince) / 1000);
    this.#timer = setTimeout(() => {
      this.#retryAfter = 0;
      this.connect();
    }, seconds * 1000);
    this.#listener.onStatus({ status: "waiting", retryAt: now + seconds * 1000 });
  }
}
