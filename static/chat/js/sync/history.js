import { RequestFailed } from "#chat/net/http.js";

/** Fetches pages of the past over HTTP; one request for each room and direction at a time. */
export class History {
  #state;
  #api;

  /** @param {import("#chat/net/api.js").Api} api */
  constructor(state, api) {
    this.#state = state;
    this.#api = api;
  }

  /** @param {import("#chat/state/ranges.js").Range} range what to continue upwards */
  older(room, { from }) {
    return this.#fetch(room, "older", { before: from }, (page) => ({
      from: page.has_older && page.messages.length ? page.messages[0].number : 1,
      to: from - 1,
    }));
  }

  newer(room, { to }) {
    return this.#fetch(room, "newer", { after: to }, (page) => ({
      from: to + 1,
      to: page.messages.at(-1)?.number ?? to,
    }));
  }

  around(room, number) {
    return this.#fetch(room, "around", { around: number }, (page) => ({
      from: page.has_older && page.messages.length ? page.messages[0].number : 1,
      to: page.messages.at(-1)?.number ?? 0,
    }));
  }

  async #fetch(room, direction, place, extent) {
    const timeline = this.#state.timelines.of(room);
    if (timeline.fetching[direction] === "loading") return;
    timeline.setFetching(direction, "loading");
    const epoch = timeline.resets;
    try {
      const page = await this.#api.messages(room, place);
      // What was read before a reset may be of another epoch.
      if (timeline.resets === epoch) timeline.addPage(page.messages, extent(page));
      timeline.setFetching(direction, "idle");
    } catch (failure) {
      timeline.setFetching(direction, "failed");
      if (!(failure instanceof RequestFailed)) throw failure;
    }
  }
}
