/** The HTTP API, one method for each thing one can ask. All reject with `RequestFailed`. */
export class Api {
  #http;

  /** @param {import("#chat/net/http.js").Http} http */
  constructor(http) {
    this.#http = http;
  }

  async rooms() {
    return (await this.#http.get("/api/rooms")).rooms;
  }

  createRoom({ name, topic, kind }) {
    return this.#http.post("/api/rooms", { name, topic, kind });
  }

  async changeRoom(room, changes) {
    return (await this.#http.patch(`/api/rooms/${room}`, changes)).room;
  }

  /** @param {{ before?: number, after?: number, around?: number }} place numbers of messages */
  messages(room, place) {
    return this.#http.get(`/api/rooms/${room}/messages`, place);
  }

  async members(room) {
    return (await this.#http.get(`/api/rooms/${room}/members`)).members;
  }

  async addMember(room, username) {
    return (await this.#http.post(`/api/rooms/${room}/members`, { username })).member;
  }

  async removeMember(room, person) {
    return (await this.#http.delete(`/api/rooms/${room}/members/${person}`)).member;
  }
}
