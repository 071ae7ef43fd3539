import { Window } from "#chat/state/window.js";
import { EdgesView } from "#chat/ui/edges_view.js";
import { clone, everyFrame } from "#chat/ui/dom.js";
import { drawLog, messagesOf } from "#chat/ui/log_view.js";
import { ScrollKeeper } from "#chat/ui/scroll_keeper.js";

const NEAR_EDGE = 1200;
const SKELETON_MS = 300;

/** The messages of the room shown. */
export class TimelineView {
  #state;
  #actions;
  #parts;
  #pills;
  #keeper;
  #edges;
  #room = null;
  #window = null;
  #newAfter = null;
  #target = null;
  #unsubscribe = () => {};
  #skeleton = null;
  #growing = false;

  /** Asks for a drawing before the next frame. */
  draw = everyFrame(() => this.#draw());

  /**
   * @param {Record<string, HTMLElement>} parts `scroller`, `log`, `top-edge`, `bottom-edge`
   * @param {{ state: object, actions: object, pills: import("#chat/ui/pills.js").Pills }} needs
   */
  constructor(parts, { state, actions, pills }) {
    this.#state = state;
    this.#actions = actions;
    this.#parts = parts;
    this.#pills = pills;
    this.#keeper = new ScrollKeeper(parts.scroller, { onScroll: everyFrame(() => this.#scrolled()) });
    this.#edges = new EdgesView({ top: parts["top-edge"], bottom: parts["bottom-edge"] }, (edge) => this.#fetch(edge));
    pills.onNewest = () => this.toNewest();
    pills.onUnread = () => this.goTo(this.#newAfter + 1);
    state.outbox.subscribe(this.draw);
    state.connection.subscribe(this.draw);
    for (const event of ["focus", "visibilitychange"]) addEventListener(event, () => this.#lookedAt());
  }

  /** Shows a room: from its cache at once, at the first unread message or at the newest. */
  show(room) {
    if (room === this.#room) return;
    this.leave();
    this.#room = room;
    this.#window = new Window(this.#timeline);
    this.#window.toNewest();
    this.#newAfter = this.#state.rooms.unread(room) ? this.#state.rooms.membership(room).last_read_number : null;
    this.#unsubscribe = this.#timeline.subscribe((change) => this.#changed(change));
    this.#skeleton = setTimeout(() => this.#timeline.opened || this.#parts.log.replaceChildren(clone("skeleton-template")), SKELETON_MS);
    this.#keeper.pinned = true;
    this.#pills.start(this.#newAfter ?? Infinity);
    this.#toFirstUnread();
    this.#draw();
  }

  leave() {
    clearTimeout(this.#skeleton);
    this.#unsubscribe();
    this.#room = this.#window = this.#newAfter = this.#target = null;
    this.#parts.log.replaceChildren();
    this.#pills.start(Infinity);
  }

  /** Shows the message of a number, wherever it is. */
  async goTo(number) {
    const timeline = this.#timeline;
    if (!timeline.rangeAt(number)) await this.#actions.around(this.#room, number);
    if (timeline !== this.#timeline || !timeline.rangeAt(number)) return;
    this.#target = null;
    this.#window.toNumber(number);
    this.#keeper.pinned = false;
    this.#draw();
    const article = document.getElementById(`message-${number}`);
    if (!article) return;
    this.#keeper.bring(article, 0.3);
    article.focus({ preventScroll: true });
    article.classList.add("message-target");
    setTimeout(() => article.classList.remove("message-target"), 2000);
  }

  /** A permalink: shown as soon as the room is there. */
  aim(number) {
    this.#target = number;
    if (this.#timeline?.opened) this.goTo(number);
  }

  toNewest() {
    this.#window.toNewest();
    this.#keeper.toEnd();
    this.#draw();
    this.#lookedAt();
  }

  /** Takes the line above the new messages away; they count as read. */
  dismissNew() {
    if (this.#room === null) return false;
    const had = this.#newAfter !== null;
    this.#newAfter = null;
    if (this.#timeline.opened) this.#actions.seen(this.#room, this.#timeline.tail.to);
    this.draw();
    return had;
  }

  get #timeline() {
    return this.#room === null ? null : this.#state.timelines.of(this.#room);
  }

  #changed({ reset = false }) {
    if (reset) this.#startOver();
    this.draw();
  }

  #startOver() {
    clearTimeout(this.#skeleton);
    const reading = this.#keeper.pinned ? null : this.#firstVisibleNumber();
    this.#window.toNewest();
    if (this.#target !== null) this.goTo(this.#target);
    else if (reading !== null) this.goTo(reading);
    else this.#toFirstUnread();
  }

  #toFirstUnread() {
    if (!this.#timeline.opened || this.#newAfter === null) return;
    this.#render();
    const line = this.#parts.log.querySelector(".new-line");
    if (line) this.#keeper.bring(line, 0.2);
  }

  #draw() {
    if (this.#room === null) return;
    const timeline = this.#timeline;
    if (!timeline.opened) return this.#drawEdges([]);
    this.#noteAbsence();
    this.#render();
    this.#lookedAt();
    this.#drawPills();
  }

  #render() {
    const timeline = this.#timeline;
    this.#window.trim({ atEnd: this.#keeper.pinned });
    const messages = messagesOf(this.#state, this.#room, this.#window);
    const before = timeline.row(this.#window.before());
    this.#parts.log.querySelector(":scope > .skeleton")?.remove();
    // Messages put in above the others are history, not news to announce.
    this.#parts.log.ariaBusy = String(this.#growing);
    this.#keeper.keep(() => {
      drawLog(this.#parts.log, { messages, before: before ?? null, newAfter: this.#newAfter }, this.#context());
      this.#drawEdges(messages);
    });
    this.#growing = false;
  }

  #context() {
    const { me, rooms, connection } = this.#state;
    const room = rooms.get(this.#room);
    return {
      me,
      live: connection.live,
      writable: rooms.isMember(room.id) && !room.archived,
      link: (number) => `/rooms/${room.slug}/#message-${number}`,
    };
  }

  #drawEdges(messages) {
    const { fetching, opened } = this.#timeline;
    const range = this.#window.range;
    const older = !opened ? "unknown" : this.#window.canGrow.older || range?.from > 1 ? "more" : "none";
    this.#edges.draw({
      room: this.#state.rooms.get(this.#room),
      older: older === "more" && fetching.older === "failed" ? "failed" : older,
      newer: !opened || this.#window.follows ? "none" : fetching.newer === "failed" ? "failed" : "more",
      empty: messages.length === 0,
    });
  }

  #scrolled() {
    if (this.#room === null || !this.#timeline.opened) return;
    const { scrollTop } = this.#parts.scroller;
    if (scrollTop < NEAR_EDGE) this.#extend("older");
    else if (this.#keeper.distanceToEnd() < NEAR_EDGE) this.#extend("newer");
    this.#lookedAt();
    this.#drawPills();
  }

  #extend(direction) {
    const { canGrow, range, follows } = this.#window;
    if (canGrow[direction]) {
      if (direction === "older") this.#window.growOlder();
      else this.#window.growNewer();
      this.#growing = true;
      this.#render();
    } else if (direction === "older" ? range?.from > 1 : !follows) {
      if (this.#timeline.fetching[direction] === "idle") this.#fetch(direction);
    }
  }

  async #fetch(direction) {
    const [timeline, room] = [this.#timeline, this.#room];
    const { range } = this.#window;
    await (direction === "older" ? this.#actions.older(room, range) : this.#actions.newer(room, range));
    if (timeline !== this.#timeline || timeline.fetching[direction] === "failed") return;
    this.#scrolled();
  }

  // Messages that arrive while the reader is away are new when they come back.
  #noteAbsence() {
    const { rooms } = this.#state;
    if (this.#newAfter !== null || document.hasFocus() || rooms.unread(this.#room) === 0) return;
    this.#newAfter = rooms.membership(this.#room).last_read_number;
  }

  #lookedAt() {
    if (this.#room === null || !this.#timeline.opened || document.hidden || !document.hasFocus()) return;
    if (this.#keeper.pinned && this.#window.follows) this.#actions.seen(this.#room, this.#timeline.tail.to);
  }

  #drawPills() {
    const line = this.#parts.log.querySelector(".new-line");
    const top = this.#parts.scroller.getBoundingClientRect().top;
    const unreadAbove = this.#newAfter !== null && (line ? line.getBoundingClientRect().top < top : !this.#isDrawn(this.#newAfter));
    this.#pills.draw({
      atEnd: this.#keeper.pinned && this.#window.follows,
      far: !this.#window.follows || this.#keeper.distanceToEnd() > 300,
      newest: this.#timeline.tail.to,
      unreadAbove,
      unreadFrom: this.#newAfter,
    });
  }

  #isDrawn(number) {
    const drawn = this.#window.numbers();
    return drawn.length === 0 || drawn[0] <= number + 1;
  }

  #firstVisibleNumber() {
    const top = this.#parts.scroller.getBoundingClientRect().top;
    const visible = [...this.#parts.log.querySelectorAll(".message[data-number]")].find(
      (article) => article.getBoundingClientRect().bottom > top,
    );
    return visible ? Number(visible.dataset.number) : null;
  }
}
