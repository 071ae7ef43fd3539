import { Clock } from "#chat/state/clock.js";
import { Connection } from "#chat/state/connection.js";
import { Drafts } from "#chat/state/drafts.js";
import { Favourites } from "#chat/state/favourites.js";
import { Members } from "#chat/state/members.js";
import { Outbox } from "#chat/state/outbox.js";
import { Place } from "#chat/state/place.js";
import { Presence } from "#chat/state/presence.js";
import { Rooms } from "#chat/state/rooms.js";
import { Timelines } from "#chat/state/timelines.js";
import { Typing } from "#chat/state/typing.js";

/**
 * Everything the page knows, without a line of DOM.
 * @param {{ id: number, name: string, is_staff: boolean }} me
 * @param {{ local: Storage | null, session: Storage | null }} storage
 */
export function createState(me, { local, session }) {
  return {
    me,
    limits: { message_length: 8000 },
    clock: new Clock(),
    connection: new Connection(),
    place: new Place(),
    rooms: new Rooms(),
    timelines: new Timelines(),
    outbox: new Outbox(session, me.id),
    drafts: new Drafts(local, me.id),
    favourites: new Favourites(local, me.id),
    members: new Members(),
    typing: new Typing(),
    presence: new Presence(),
  };
}
