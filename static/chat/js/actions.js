import { COMMANDS } from "#chat/protocol.js";
import { storeMessage } from "#chat/events.js";
import { RequestFailed } from "#chat/net/http.js";

/**
 * What a person does. Those that return a promise reject with `CommandFailed`, `AnswerLost` or `RequestFailed`, whose
 * message is a sentence for a person.
 */
export class Actions {
  #state;
  #socket;
  #api;
  #sync;
  #onStanding;

  /**
   * @param {{ state: object, socket: import("#chat/net/socket.js").Socket, api: import("#chat/net/api.js").Api,
   *           sync: { sender: object, reader: object, typist: object, history: object },
   *           onStanding: (change: { room: object, membership: object }) => void }} parts
   */
  constructor({ state, socket, api, sync, onStanding }) {
    this.#state = state;
    this.#socket = socket;
    this.#api = api;
    this.#sync = sync;
    this.#onStanding = onStanding;
  }

  send(room, body) {
    this.#state.outbox.add({ room, body, at: this.#state.clock.now() });
    this.#sync.typist.sent();
    this.#sync.sender.flush();
  }

  retry(key) {
    this.#state.outbox.retry(key);
    this.#sync.sender.flush();
  }

  discard(key) {
    this.#state.outbox.remove(key);
  }

  edit(room, id, body) {
    return this.#store(room, { type: COMMANDS.MESSAGE_EDIT, message: id, body });
  }

  delete(room, id) {
    return this.#store(room, { type: COMMANDS.MESSAGE_DELETE, message: id });
  }

  /** Puts one's reaction on a message or takes it back; shown at once, taken back if the server refuses. */
  async react(room, id, emoji, on) {
    const timeline = this.#state.timelines.of(room);
    const { message } = timeline.byId(id);
    const undo = timeline.amend(id, { reactions: withReaction(message.reactions, this.#state.me, emoji, on) });
    try {
      await this.#store(room, { type: COMMANDS.REACTION_SET, message: id, emoji, on });
    } catch (failure) {
      undo();
      throw failure;
    }
  }

  typed(room) {
    this.#sync.typist.typed(room);
  }

  seen(room, number) {
    this.#sync.reader.seen(room, number);
  }

  older(room, range) {
    return this.#sync.history.older(room, range);
  }

  newer(room, range) {
    return this.#sync.history.newer(room, range);
  }

  around(room, number) {
    return this.#sync.history.around(room, number);
  }

  join(room) {
    return this.#stand({ type: COMMANDS.ROOM_JOIN, room });
  }

  leave(room) {
    return this.#stand({ type: COMMANDS.ROOM_LEAVE, room });
  }

  browse() {
    return this.#api.rooms();
  }

  /** @returns {Promise<object>} the new room, in the list already */
  async createRoom(details) {
    const made = await this.#api.createRoom(details);
    this.#onStanding(made);
    return made.room;
  }

  async changeRoom(room, changes) {
    this.#state.rooms.upsert(await this.#api.changeRoom(room, changes));
  }

  /** Asks for the members of a room. True when they came. */
  async loadMembers(room) {
    this.#state.members.expect(room);
    try {
      this.#state.members.set(room, await this.#api.members(room));
      return true;
    } catch (failure) {
      if (!(failure instanceof RequestFailed)) throw failure;
      return false;
    }
  }

  async addMember(room, username) {
    this.#state.members.apply(room, await this.#api.addMember(room, username));
  }

  async removeMember(room, person) {
    this.#state.members.apply(room, await this.#api.removeMember(room, person));
  }

  async #store(room, command) {
    const { message } = await this.#socket.push(command);
    storeMessage(this.#state, room, message);
  }

  async #stand(command) {
    this.#onStanding(await this.#socket.push(command));
  }
}

function withReaction(reactions, me, emoji, on) {
  const others = (people) => people.filter(({ id }) => id !== me.id);
  const known = reactions.some((reaction) => reaction.emoji === emoji);
  const all = known ? reactions : [...reactions, { emoji, people: [] }];
  return all
    .map((reaction) => {
      if (reaction.emoji !== emoji) return reaction;
      return { emoji, people: on ? [...others(reaction.people), me] : others(reaction.people) };
    })
    .filter(({ people }) => people.length > 0);
}
