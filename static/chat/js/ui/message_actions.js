import { rightsOver } from "#chat/state/rights.js";
import { confirm } from "#chat/ui/dialog.js";
import { clone } from "#chat/ui/dom.js";
import { toast } from "#chat/ui/toast.js";

const QUOTE_LENGTH = 200;

/** What a person may do with a message: the bar beside it, its reactions, its failure. */
export class MessageActions {
  #log;
  #state;
  #actions;
  #editor;
  #picker;
  #bar = clone("actions-template");

  /**
   * @param {HTMLElement} log
   * @param {{ state: object, actions: object, editor: object, picker: object }} needs
   */
  constructor(log, { state, actions, editor, picker }) {
    this.#log = log;
    this.#state = state;
    this.#actions = actions;
    this.#editor = editor;
    this.#picker = picker;
    log.addEventListener("pointerover", (event) => event.pointerType === "mouse" && this.#raise(event.target));
    log.addEventListener("pointerleave", () => this.#lower());
    log.addEventListener("focusin", (event) => this.#raise(event.target));
    log.addEventListener("click", (event) => this.#clicked(event));
  }

  /** What may be done with a shown message, by the name of the deed. */
  offers({ room, message }) {
    const rights = rightsOver(this.#state, room, message);
    return { ...rights, "react-quick": rights.react, link: !message.deleted };
  }

  /**
   * @param {string} deed
   * @param {HTMLElement} article
   * @param {HTMLElement} control what was used, to open things beside
   */
  do(deed, article, control) {
    const shown = this.shownBy(article);
    if (deed === "react-quick") this.react(shown, "👍");
    else if (deed === "react") this.#picker.open(control, (emoji) => this.react(shown, emoji));
    else if (deed === "link") this.#copyLink(shown);
    else if (deed === "edit") this.#editor.open(article, shown);
    else if (deed === "delete") this.#confirmDelete(shown);
  }

  /** Turns one's reaction on or off. */
  async react({ room, message }, emoji) {
    const { me } = this.#state;
    const known = message.reactions.find((reaction) => reaction.emoji === emoji);
    const mine = known?.people.some(({ id }) => id === me.id) ?? false;
    try {
      await this.#actions.react(room, message.id, emoji, !mine);
    } catch (failure) {
      toast(failure.message);
    }
  }

  /** @returns {{ room: number, message: object } | null} the stored message that an element shows */
  shownBy(article) {
    const { room } = this.#state.place;
    const row = this.#state.timelines.of(room).byId(Number(article.dataset.id));
    return row ? { room, message: row.message } : null;
  }

  /** Opens the editor on one's newest message that is drawn. */
  editLast() {
    const own = [...this.#log.querySelectorAll('.message[data-state="stored"]')].reverse();
    const article = own.find((each) => this.offers(this.shownBy(each)).edit);
    if (article) this.do("edit", article);
  }

  #raise(target) {
    const article = target.closest(".message");
    if (!article || article.contains(this.#bar)) return;
    const shown = this.shownBy(article);
    if (!shown) return this.#lower();
    const offers = this.offers(shown);
    for (const button of this.#bar.children) button.hidden = !offers[button.dataset.do];
    article.append(this.#bar);
  }

  #lower() {
    if (!this.#bar.contains(document.activeElement)) this.#bar.remove();
  }

  #clicked(event) {
    const control = event.target.closest("[data-do]");
    const article = event.target.closest(".message");
    if (!control || !article) return;
    const deed = control.dataset.do;
    if (deed === "retry") this.#actions.retry(article.dataset.key);
    else if (deed === "discard") this.#actions.discard(article.dataset.key);
    else if (deed === "toggle") this.react(this.shownBy(article), control.dataset.emoji);
    else this.do(deed, article, control);
  }

  async #copyLink({ room, message }) {
    const address = new URL(`/rooms/${this.#state.rooms.get(room).slug}/#message-${message.number}`, location.href).href;
    try {
      await navigator.clipboard.writeText(address);
      toast("Link copied");
    } catch {
      // Browsers refuse the clipboard on plain HTTP.
      toast(address);
    }
  }

  #confirmDelete({ room, message: { id, body, author } }) {
    const mine = author.id === this.#state.me.id;
    confirm({
      title: "Delete this message?",
      text: `${mine ? "" : `${author.name} wrote it. `}Everyone in the room loses it.`,
      quote: body.length > QUOTE_LENGTH ? `${body.slice(0, QUOTE_LENGTH)}…` : body,
      deed: "Delete",
      go: () => this.#actions.delete(room, id),
    });
  }
}
