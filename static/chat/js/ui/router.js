/**
 * Where the address points: `/rooms/<slug>/`, with `#message-<number>` for a message, `#rooms` or `#details` for what a
 * phone shows instead of the conversation.
 * @typedef {{ slug: string | null, message: number | null, pane: "rooms" | "conversation" | "details" }} Address
 */

// Other anchors are the browser's.
const IN_ROOM = /^#(message-\d+|rooms|details)$/;

/** @returns {Address} */
export function addressOf({ pathname, hash }) {
  const slug = /^\/rooms\/([^/]+)\/?$/.exec(pathname)?.[1] ?? null;
  const message = /^#message-(\d+)$/.exec(hash)?.[1];
  const pane = { "#rooms": "rooms", "#details": "details" }[hash] ?? "conversation";
  return { slug: slug && decodeURIComponent(slug), message: message ? Number(message) : null, pane };
}

/** Follows the address bar, the links of the page and the back button. */
export class Router {
  #onAddress;

  /** @param {(address: Address) => void} onAddress called at the start and after every move */
  constructor(onAddress) {
    this.#onAddress = onAddress;
    addEventListener("popstate", () => this.#tell());
    document.addEventListener("click", (event) => this.#clicked(event));
  }

  start() {
    this.#tell();
  }

  /** @param {{ replace?: boolean }} how */
  go(path, { replace = false } = {}) {
    if (path === location.pathname + location.hash) return this.#tell();
    if (replace) history.replaceState({ inside: true }, "", path);
    else history.pushState({ inside: true }, "", path);
    this.#tell();
  }

  toRoom(slug, how) {
    this.go(`/rooms/${slug}/`, how);
  }

  /** Shows a pane of the room shown; closing one goes back in history if that is where one came from. */
  toPane(pane) {
    const hash = pane === "conversation" ? "" : `#${pane}`;
    if (hash === "" && history.state?.inside) history.back();
    else this.go(location.pathname + hash, { replace: hash === "" });
  }

  #tell() {
    this.#onAddress(addressOf(location));
  }

  #clicked(event) {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || link.target) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    if (link.origin !== location.origin || !link.pathname.startsWith("/rooms/")) return;
    if (link.pathname === location.pathname && link.hash && !IN_ROOM.test(link.hash)) return;
    event.preventDefault();
    this.go(link.pathname + link.hash);
  }
}
