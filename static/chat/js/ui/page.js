import { Stored } from "#chat/state/storage.js";
import { Browser } from "#chat/ui/browser.js";
import { Composer } from "#chat/ui/composer.js";
import { Details } from "#chat/ui/details.js";
import { confirm } from "#chat/ui/dialog.js";
import { everyFrame, everyTask, parts as partsOf } from "#chat/ui/dom.js";
import { Editor } from "#chat/ui/editor.js";
import { EmojiPicker } from "#chat/ui/emoji_picker.js";
import { FootView } from "#chat/ui/foot_view.js";
import { Formatting } from "#chat/ui/formatting.js";
import { HeadView } from "#chat/ui/head_view.js";
import { MessageActions } from "#chat/ui/message_actions.js";
import { moveByArrows } from "#chat/ui/message_focus.js";
import { MessageSheet } from "#chat/ui/message_sheet.js";
import { Pills } from "#chat/ui/pills.js";
import { Placeholder } from "#chat/ui/placeholder.js";
import { placeAtButton } from "#chat/ui/popup.js";
import { RoomForm } from "#chat/ui/room_form.js";
import { wireShortcuts } from "#chat/ui/shortcuts.js";
import { Sidebar } from "#chat/ui/sidebar.js";
import { SidebarWidth } from "#chat/ui/sidebar_width.js";
import { StatusLine } from "#chat/ui/status_line.js";
import { Switcher } from "#chat/ui/switcher.js";
import { wireThemes } from "#chat/ui/theme_switch.js";
import { TimelineView } from "#chat/ui/timeline_view.js";
import { drawTitle } from "#chat/ui/title.js";

const WIDE = matchMedia("(width >= 68.75rem)");

/** Puts the page together: makes every view, and draws them when the state they show changes. */
export class Page {
  #state;
  #router;
  #conversation = document.querySelector(".conversation");
  #views;
  #detailsOpen = false;
  #drawSoon = everyFrame(() => this.#draw());

  /** @param {{ state: object, actions: object, router: object, serverName: string }} needs */
  constructor({ state, actions, router, serverName }) {
    this.#state = state;
    this.#router = router;
    this.#views = this.#make(actions);
    for (const part of [state.rooms, state.place, state.connection, state.favourites]) part.subscribe(this.#drawSoon);
    // The title is read in tabs that draw no frames.
    for (const part of [state.rooms, state.place]) part.subscribe(everyTask(() => drawTitle(state, serverName)));
    WIDE.addEventListener("change", this.#drawSoon);
    this.#wire();
    this.#draw();
  }

  /** The address changed. */
  at({ pane, message }) {
    document.body.dataset.pane = pane;
    this.#draw();
    if (message !== null) this.#views.timeline.aim(message);
  }

  #make(actions) {
    const [state, router] = [this.#state, this.#router];
    const parts = partsOf(this.#conversation);
    const sidebar = partsOf(document.querySelector(".sidebar"));
    const details = document.getElementById("details");
    const roomForm = new RoomForm({ actions, onMade: (room) => router.toRoom(room.slug) });
    const onGo = (slug) => router.toRoom(slug);
    const browser = new Browser({ state, actions, onGo, onNew: () => roomForm.open() });
    const switcher = new Switcher({ state, actions, onGo });
    const composer = new Composer(parts, { state, actions });
    const picker = new EmojiPicker();
    const editor = new Editor({ actions, onClosed: () => composer.focus() });
    const messages = new MessageActions(parts.log, { state, actions, editor, picker });
    composer.onEditLast = () => messages.editLast();
    parts.emoji.addEventListener("click", () => picker.open(parts.emoji, (emoji) => composer.insert(emoji)));
    new Formatting(parts);
    new MessageSheet(parts.log, { actions: messages });
    moveByArrows(parts.log);
    new StatusLine(parts, { state });
    new SidebarWidth({ ...sidebar, "show-list": parts["show-list"] }, new Stored(localStorage, "parley:sidebar", {}));
    placeAtButton(document.getElementById("self-menu"), sidebar.self);
    wireThemes(partsOf(document.getElementById("self-menu")).themes);
    const deeds = { browse: () => browser.open(), new: () => roomForm.open(), first: () => this.#toFirst(), rejoin: () => this.#rejoin(actions) };
    return {
      switcher,
      composer,
      timeline: new TimelineView(parts, { state, actions, pills: new Pills(parts) }),
      head: new HeadView(parts, { state, onPeople: () => this.#toggleDetails(), onBack: () => router.toPane("rooms") }),
      foot: new FootView(parts, { state, actions, composer }),
      sidebar: new Sidebar(sidebar, { state, onFind: () => switcher.toggle(), onBrowse: deeds.browse, onNew: deeds.new }),
      placeholder: new Placeholder(parts.placeholder, { state, deeds }),
      details: new Details(details, partsOf(details), { state, actions, confirm, onClose: () => this.#toggleDetails(), onChange: (room) => roomForm.open(room) }),
    };
  }

  #wire() {
    wireShortcuts({
      find: () => this.#views.switcher.toggle(),
      step: (by, unreadOnly) => this.#step(by, unreadOnly),
      write: () => this.#views.composer.focus(),
      escape: () => this.#escape(),
    });
  }

  #draw() {
    const { place } = this.#state;
    this.#conversation.dataset.status = place.status;
    if (place.status === "open") this.#views.timeline.show(place.room);
    else this.#views.timeline.leave();
    for (const name of ["sidebar", "head", "foot", "placeholder"]) this.#views[name].draw();
    const details = this.#showsDetails && place.status === "open";
    this.#views.details.show(details ? place.room : null);
    this.#views.head.drawOpen(details);
    this.#views.timeline.draw();
  }

  // Where there is room for it the panel stays from room to room; elsewhere it is a place one comes back from.
  get #showsDetails() {
    return WIDE.matches ? this.#detailsOpen : document.body.dataset.pane === "details";
  }

  #toggleDetails() {
    if (!WIDE.matches) return this.#router.toPane(this.#showsDetails ? "conversation" : "details");
    this.#detailsOpen = !this.#detailsOpen;
    this.#draw();
  }

  #toFirst() {
    const [first] = this.#state.rooms.joined();
    this.#router.go(first ? `/rooms/${first.slug}/` : "/");
  }

  async #rejoin(actions) {
    const { room } = this.#state.place.lost;
    await actions.join(room.id);
    this.#router.toRoom(room.slug);
  }

  #step(by, unreadOnly) {
    const { rooms, place } = this.#state;
    const all = rooms.joined();
    const candidates = all.filter(({ id }) => !unreadOnly || rooms.unread(id) > 0 || id === place.room);
    const at = candidates.findIndex(({ id }) => id === place.room);
    const next = candidates[(Math.max(at, by === 1 ? -1 : 0) + by + candidates.length) % candidates.length];
    if (next && next.id !== place.room) this.#router.toRoom(next.slug);
  }

  #escape() {
    if (this.#showsDetails) this.#toggleDetails();
    else if (this.#views.timeline.dismissNew()) this.#views.timeline.toNewest();
  }
}
