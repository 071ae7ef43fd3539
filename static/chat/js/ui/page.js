import { fetchOthers } from "#chat/net/modules.js";
import { Stored } from "#chat/state/storage.js";
import { Composer } from "#chat/ui/composer.js";
import { everyFrame, everyTask, parts as partsOf } from "#chat/ui/dom.js";
import { FootView } from "#chat/ui/foot_view.js";
import { HeadView } from "#chat/ui/head_view.js";
import { Later } from "#chat/ui/later.js";
import { Pills } from "#chat/ui/pills.js";
import { Placeholder } from "#chat/ui/placeholder.js";
import { wireShortcuts } from "#chat/ui/shortcuts.js";
import { Sidebar } from "#chat/ui/sidebar.js";
import { SidebarWidth } from "#chat/ui/sidebar_width.js";
import { StatusLine } from "#chat/ui/status_line.js";
import { TimelineView } from "#chat/ui/timeline_view.js";
import { drawTitle } from "#chat/ui/title.js";
import { toast } from "#chat/ui/toast.js";

const WIDE = matchMedia("(width >= 68.75rem)");

/** Puts the page together: makes every view, and draws them when the state they show changes. */
export class Page {
  #state;
  #router;
  #conversation = document.querySelector(".conversation");
  #views;
  #extras;
  #detailsOpen = false;
  #drawSoon = everyFrame(() => this.#draw());

  /** @param {{ state: object, actions: object, router: object, serverName: string }} needs */
  constructor({ state, actions, router, serverName }) {
    this.#state = state;
    this.#router = router;
    this.#make(actions);
    const { rooms, place, connection, favourites, outbox } = state;
    for (const part of [rooms, place, connection, favourites, outbox]) part.subscribe(this.#drawSoon);
    // The title is read in tabs that draw no frames.
    for (const part of [rooms, place]) part.subscribe(everyTask(() => drawTitle(state, serverName)));
    WIDE.addEventListener("change", this.#drawSoon);
    wireShortcuts({
      find: () => this.#extras.with(({ switcher }) => switcher.toggle()),
      step: (by, unreadOnly) => this.#step(by, unreadOnly),
      write: () => this.#views.composer.focus(),
      escape: () => this.#escape(),
    });
    this.#draw();
  }

  /** The address changed. */
  at({ pane, message }) {
    document.body.dataset.pane = pane;
    this.#views.timeline.aim(message);
    this.#draw();
  }

  #make(actions) {
    const [state, router] = [this.#state, this.#router];
    const parts = partsOf(this.#conversation);
    const sidebar = partsOf(document.querySelector(".sidebar"));
    const composer = new Composer(parts, { state, actions });
    this.#extras = new Later(async () => {
      await fetchOthers();
      const { Extras } = await import("#chat/ui/extras.js");
      return new Extras(parts, { state, actions, router, composer, onCloseDetails: () => this.#toggleDetails() });
    }, () => this.#missExtras());
    const deeds = {
      find: () => this.#extras.with(({ switcher }) => switcher.toggle()),
      browse: () => this.#extras.with(({ browser }) => browser.open()),
      new: () => this.#extras.with(({ roomForm }) => roomForm.open()),
      first: () => this.#toFirst(),
      rejoin: () => this.#rejoin(actions),
    };
    // One's own words are on screen, wherever one was reading.
    composer.onSent = () => this.#views.timeline.toNewest();
    composer.onEditLast = () => this.#extras.with(({ messages }) => messages.editLast());
    new StatusLine(parts, { state });
    new SidebarWidth({ ...sidebar, "show-list": parts["show-list"] }, new Stored(localStorage, "parley:sidebar", {}));
    this.#views = {
      composer,
      timeline: new TimelineView(parts, { state, actions, pills: new Pills(parts) }),
      head: new HeadView(parts, { state, onPeople: () => this.#toggleDetails(), onBack: () => router.toPane("rooms") }),
      foot: new FootView(parts, { state, actions, composer }),
      sidebar: new Sidebar(sidebar, { state, onFind: deeds.find, onBrowse: deeds.browse, onNew: deeds.new }),
      placeholder: new Placeholder(parts.placeholder, { state, deeds }),
    };
    this.#views.timeline.onShown = () => this.#extras.soon();
  }

  #draw() {
    const { place } = this.#state;
    this.#conversation.dataset.status = place.status;
    if (place.status === "open") this.#views.timeline.show(place.room);
    else this.#views.timeline.leave();
    if (place.status !== "open" && place.status !== "finding") this.#extras.soon();
    for (const name of ["sidebar", "head", "foot", "placeholder"]) this.#views[name].draw();
    this.#drawDetails();
    this.#views.timeline.draw();
  }

  #drawDetails() {
    const { place } = this.#state;
    const open = this.#showsDetails && place.status === "open";
    this.#views.head.drawOpen(open);
    // Closed is how the panel starts: nothing is loaded for that.
    if (open || !document.getElementById("details").hidden) {
      this.#extras.with(({ details }) => details.show(open ? place.room : null));
    }
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

  #missExtras() {
    toast("That needs the network. Try again when you are connected.");
    if (this.#showsDetails) this.#toggleDetails();
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
    const candidates = rooms.joined().filter(({ id }) => !unreadOnly || rooms.unread(id) > 0 || id === place.room);
    const at = candidates.findIndex(({ id }) => id === place.room);
    const next = candidates[(Math.max(at, by === 1 ? -1 : 0) + by + candidates.length) % candidates.length];
    if (next && next.id !== place.room) this.#router.toRoom(next.slug);
  }

  #escape() {
    if (this.#showsDetails) this.#toggleDetails();
    else if (this.#views.timeline.dismissNew()) this.#views.timeline.toNewest();
  }
}
