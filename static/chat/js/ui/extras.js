import { Browser } from "#chat/ui/browser.js";
import { Details } from "#chat/ui/details.js";
import { confirm } from "#chat/ui/dialog.js";
import { parts as partsOf } from "#chat/ui/dom.js";
import { Editor } from "#chat/ui/editor.js";
import { EmojiPicker } from "#chat/ui/emoji_picker.js";
import { Formatting } from "#chat/ui/formatting.js";
import { MessageActions } from "#chat/ui/message_actions.js";
import { moveByArrows } from "#chat/ui/message_focus.js";
import { MessageSheet } from "#chat/ui/message_sheet.js";
import { placeAtButton } from "#chat/ui/popup.js";
import { RoomForm } from "#chat/ui/room_form.js";
import { Switcher } from "#chat/ui/switcher.js";
import { wireThemes } from "#chat/ui/theme_switch.js";

/** What the page can do without for its first moment: dialogs, panels, and what is done with a message. */
export class Extras {
  /**
   * @param {Record<string, HTMLElement>} parts those of the conversation
   * @param {{ state: object, actions: object, router: object, composer: object, onCloseDetails: () => void }} needs
   */
  constructor(parts, { state, actions, router, composer, onCloseDetails }) {
    const onGo = (slug) => router.toRoom(slug);
    const panel = document.getElementById("details");
    const menu = document.getElementById("self-menu");
    const picker = new EmojiPicker();
    const editor = new Editor({ actions, onClosed: () => composer.focus() });
    this.roomForm = new RoomForm({ actions, onMade: ({ slug }) => onGo(slug) });
    this.browser = new Browser({ state, actions, onGo, onNew: () => this.roomForm.open() });
    this.switcher = new Switcher({ state, actions, onGo });
    this.messages = new MessageActions(parts.log, { state, actions, editor, picker });
    this.details = new Details(panel, partsOf(panel), {
      state,
      actions,
      confirm,
      onClose: onCloseDetails,
      onChange: (room) => this.roomForm.open(room),
    });
    new MessageSheet(parts.log, { actions: this.messages });
    new Formatting(parts);
    moveByArrows(parts.log);
    wireThemes(partsOf(menu).themes);
    placeAtButton(menu, document.querySelector('[popovertarget="self-menu"]'));
    parts.emoji.addEventListener("click", () => picker.open(parts.emoji, (emoji) => composer.insert(emoji)));
  }
}
