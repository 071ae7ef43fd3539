import { writes } from "#chat/state/rights.js";
import { Window } from "#chat/state/window.js";
import { Attention } from "#chat/ui/attention.js";
import { clone, everyFrame } from "#chat/ui/dom.js";
import { EdgesView } from "#chat/ui/edges_view.js";
import { drawLog, drawingOf } from "#chat/ui/log_view.js";
import { Paging } from "#chat/ui/paging.js";
import { ScrollKeeper } from "#chat/ui/scroll_keeper.js";
import { toast } from "#chat/ui/toast.js";
import { Turnover } from "#chat/ui/turnover.js";

const SKELETON_MS = 300;
const TARGET_MS = 2000;

/** The messages of the room shown. */
export class TimelineView {
  #state;
  #actions;
  #parts;
  #pills;
  #keeper;
  #edges;
  #paging;
  #attention;
  #room = null;
  #shown = null;
  #window = null;
  #target = null;
  #turnover = new Turnover();
  #unsubscribe = () => {};
  #skeleton = null;

  /** Called when a room's messages are on screen. */
  onShown = () => {};

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
    this.#attention = new Attention({ state, actions });
    this.#keeper = new ScrollKeeper(parts.scroller, { onScroll: everyFrame(() => this.#scrolled()) });
    this.#paging = new Paging({ actions, keeper: this.#keeper, onGrown: () => this.#render({ history: true }) });
    const edges = { top: parts["top-edge"], bottom: parts["bottom-edge"] };
    this.#edges = new EdgesView(edges, (edge) => this.#paging.fetch(edge));
    pills.onNewest = () => this.toNewest();
    pills.onUnread = () => this.goTo(this.#attention.newAfter + 1);
    state.outbox.subscribe(this.draw);
    state.connection.subscribe(this.draw);
    addEventListener("focus", this.draw);
    document.addEventListener("visibilitychange", this.draw);
  }

  /** Shows a room: from its cache at once, at the first unread message or at the newest. */
  show(room) {
    // A room that was lost and found again has another timeline.
    if (room === this.#room && this.#state.timelines.of(room) === this.#shown) return;
    this.leave();
    this.#room = room;
    this.#shown = this.#timeline;
    this.#window = new Window(this.#timeline);
    this.#window.toNewest();
    this.#paging.open(room, this.#timeline, this.#window);
    this.#attention.open(room);
    this.#unsubscribe = this.#timeline.subscribe((change) => this.#changed(change));
    this.#skeleton = setTimeout(() => this.#drawSkeleton(), SKELETON_MS);
    this.#keeper.pinned = true;
    this.#pills.start(this.#attention.newAfter ?? Infinity);
    this.#toStart();
    this.#draw();
  }

  leave() {
    clearTimeout(this.#skeleton);
    this.#unsubscribe();
    this.#attention.close();
    this.#room = this.#shown = this.#window = null;
    this.#turnover = new Turnover();
    this.#parts.log.replaceChildren();
    this.#pills.start(Infinity);
  }

  /** The number that the address asks for, or null; shown as soon as its room is there. */
  aim(number) {
    this.#target = number;
  }

  /** Shows the message of a number, wherever it is, and points at it. */
  async goTo(number) {
    const article = await this.#move(number);
    if (!article) return;
    article.focus({ preventScroll: true });
    article.classList.add("message-target");
    setTimeout(() => article.classList.remove("message-target"), TARGET_MS);
  }

  toNewest() {
    this.#window.toNewest();
    this.#keeper.toEnd();
    this.#draw();
  }

  /** Takes the line above the new messages away; they count as read. @returns {boolean} whether there was one */
  dismissNew() {
    if (this.#room === null || !this.#attention.dismiss()) return false;
    this.draw();
    return true;
  }

  get #timeline() {
    return this.#room === null ? null : this.#state.timelines.of(this.#room);
  }

  async #move(number) {
    const timeline = this.#timeline;
    if (!timeline.rangeAt(number)) await this.#actions.around(this.#room, number);
    if (timeline !== this.#timeline) return null;
    if (!timeline.rangeAt(number)) return toast("That message could not be found.");
    this.#window.toNumber(number);
    this.#turnover = new Turnover();
    this.#keeper.pinned = false;
    this.#draw();
    const nearest = this.#window.numbers().find((each) => each >= number) ?? number;
    const article = document.getElementById(`message-${nearest}`);
    if (article) this.#keeper.bring(article, 0.3);
    return article;
  }

  #changed({ reset = false }) {
    if (reset) this.#startOver();
    this.draw();
  }

  #startOver() {
    clearTimeout(this.#skeleton);
    this.#turnover = new Turnover();
    const reading = this.#keeper.pinned ? null : this.#firstVisibleNumber();
    this.#window.toNewest();
    if (reading !== null) this.#move(reading);
    else this.#toStart();
  }

  // Where reading begins: at the message asked for, at the first unread one, or at the newest.
  #toStart() {
    if (!this.#timeline.opened || this.#target !== null || this.#attention.newAfter === null) return;
    this.#render();
    const line = this.#parts.log.querySelector(".new-line");
    if (line) this.#keeper.bring(line, 0.2);
  }

  /** A room may be lost after a frame or history was asked for, and before the view of it is left. */
  get #isThere() {
    return this.#state.rooms.get(this.#room) !== null;
  }

  #draw() {
    if (!this.#isThere) return;
    if (!this.#timeline.opened) return this.#drawEdges([]);
    this.#hitTarget();
    this.#attention.noteAbsence();
    const read = () => drawingOf(this.#state, this.#room, this.#window);
    const { again, ...drawing } = this.#turnover.next(this.#window, { atEnd: this.#keeper.pinned, read });
    this.#render({ drawing });
    if (again) this.draw();
    this.#look();
    this.onShown();
  }

  #hitTarget() {
    const target = this.#target;
    this.#target = null;
    if (target !== null) this.goTo(target);
  }

  #render({ drawing = drawingOf(this.#state, this.#room, this.#window), history = false } = {}) {
    if (!this.#isThere) return;
    const { log } = this.#parts;
    const { messages, before } = (this.#turnover.drawn = drawing);
    log.querySelector(":scope > .skeleton")?.remove();
    // Messages put in above the others are history, not news to announce.
    log.ariaBusy = String(history);
    this.#keeper.keep(() => {
      drawLog(log, { messages, before, newAfter: this.#attention.newAfter }, this.#context());
      this.#drawEdges(messages);
    });
  }

  #context() {
    const { me, rooms, connection, clock } = this.#state;
    const room = rooms.get(this.#room);
    return {
      me,
      live: connection.live,
      now: clock.now(),
      writable: writes(this.#state, room.id),
      link: (number) => `/rooms/${room.slug}/#message-${number}`,
    };
  }

  #drawEdges(messages) {
    const room = this.#state.rooms.get(this.#room);
    this.#edges.draw({ room, empty: messages.length === 0, ...this.#paging.edges() });
  }

  #drawSkeleton() {
    if (!this.#timeline.opened) this.#parts.log.replaceChildren(clone("skeleton-template"));
  }

  #scrolled() {
    if (this.#room === null || !this.#timeline.opened) return;
    this.#paging.check();
    this.#look();
  }

  // What follows from what is on screen now.
  #look() {
    const atEnd = this.#keeper.pinned && this.#window.follows;
    if (atEnd) this.#attention.atEnd();
    this.#pills.draw({
      atEnd,
      far: !this.#window.follows || this.#keeper.distanceToEnd() > 300,
      newest: this.#timeline.tail.to,
      unreadFrom: this.#attention.newAfter,
      unreadAbove: this.#attention.newAfter !== null && this.#isAbove(this.#attention.newAfter),
    });
  }

  #isAbove(number) {
    const line = this.#parts.log.querySelector(".new-line");
    if (line) return line.getBoundingClientRect().top < this.#parts.scroller.getBoundingClientRect().top;
    const { messages } = this.#turnover.drawn;
    return messages.length > 0 && messages[0].number > number + 1;
  }

  #firstVisibleNumber() {
    const { top } = this.#parts.scroller.getBoundingClientRect();
    const articles = [...this.#parts.log.querySelectorAll(".message[data-number]")];
    const visible = articles.find((article) => article.getBoundingClientRect().bottom > top);
    return visible ? Number(visible.dataset.number) : null;
  }
}
