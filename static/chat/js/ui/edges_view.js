import { clone, icon, roomIcon } from "#chat/ui/dom.js";

/** What stands above the oldest and below the newest drawn message: the beginning, a promise of more, or a failure. */
export class EdgesView {
  #top;
  #bottom;
  #retry;

  /** @param {{ top: HTMLElement, bottom: HTMLElement }} edges @param {(direction: "older" | "newer") => void} retry */
  constructor({ top, bottom }, retry) {
    this.#top = top;
    this.#bottom = bottom;
    this.#retry = retry;
  }

  /**
   * @param {{ room: object | null, older: "none" | "more" | "failed" | "unknown", newer: "none" | "more" | "failed",
   *           empty: boolean }} edges
   */
  draw({ room, older, newer, empty }) {
    const top = older === "none" ? `beginning ${room.name} ${room.topic} ${room.kind} ${empty}` : older;
    this.#put(this.#top, top, () => {
      if (older === "none") return beginning(room, empty);
      return older === "failed" ? this.#failed("older") : older === "more" ? clone("older-template") : "";
    });
    this.#put(this.#bottom, newer, () => {
      if (newer === "failed") return this.#failed("newer");
      return newer === "more" ? clone("older-template") : "";
    });
  }

  #put(edge, what, make) {
    if (edge.dataset.what === what) return;
    edge.dataset.what = what;
    edge.replaceChildren(make());
  }

  #failed(direction) {
    const failed = clone("edge-failed-template");
    failed.querySelector("button").addEventListener("click", () => this.#retry(direction));
    return failed;
  }
}

function beginning(room, empty) {
  const made = clone("beginning-template");
  const [face, title, topic, note] = made.children;
  face.append(icon(roomIcon(room)));
  title.textContent = room.name;
  topic.textContent = room.topic;
  note.textContent = empty
    ? "Nothing has been said here yet. Be the first."
    : room.kind === "private"
      ? "This is where the room begins. Only its members can read it."
      : "This is where the room begins. Everyone here can read it.";
  return made;
}
