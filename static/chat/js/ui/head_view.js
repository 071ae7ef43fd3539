import { icon, roomIcon, setText } from "#chat/ui/dom.js";
import { number } from "#chat/ui/words.js";

/** The line above the conversation: which room, what about, who is in it. */
export class HeadView {
  #state;
  #parts;

  /**
   * @param {Record<string, HTMLElement>} parts
   * @param {{ state: object, onPeople: () => void, onBack: () => void }} needs
   */
  constructor(parts, { state, onPeople, onBack }) {
    this.#state = state;
    this.#parts = parts;
    parts.people.addEventListener("click", onPeople);
    parts.back.addEventListener("click", onBack);
    parts.star.addEventListener("click", () => state.favourites.toggle(state.place.room));
    parts.topic.addEventListener("click", () => {
      const open = parts.topic.getAttribute("aria-expanded") === "true";
      parts.topic.setAttribute("aria-expanded", String(!open));
    });
  }

  /** @param {boolean} open whether the panel about the room is shown */
  drawOpen(open) {
    this.#parts.people.setAttribute("aria-expanded", String(open));
  }

  draw() {
    const { rooms, place, favourites } = this.#state;
    const { title, tools, name, topic, star, people, count, elsewhere } = this.#parts;
    const room = place.room === null ? null : rooms.get(place.room);
    title.hidden = tools.hidden = room === null;
    const unread = rooms.joined().filter(({ id }) => id !== place.room && rooms.unread(id) > 0).length;
    elsewhere.hidden = unread === 0;
    setText(elsewhere, number(unread));
    this.#parts.back.setAttribute("aria-label", unread ? `Rooms, ${unread} with unread messages` : "Rooms");
    if (!room) return;
    if (this.#parts.icon.dataset.icon !== roomIcon(room)) this.#parts.icon.replaceChildren(icon(roomIcon(room)));
    this.#parts.icon.dataset.icon = roomIcon(room);
    setText(name, room.name);
    setText(topic, room.topic);
    topic.hidden = room.topic === "";
    star.hidden = !rooms.isMember(room.id);
    star.setAttribute("aria-pressed", String(favourites.has(room.id)));
    setText(count, number(room.member_count));
    people.setAttribute("aria-label", `${number(room.member_count)} people. About this room`);
  }
}
