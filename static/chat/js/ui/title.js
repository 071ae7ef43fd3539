import { isolated } from "#chat/ui/words.js";

/** The tab's title: unread messages, room, server. */
export function drawTitle({ rooms, place }, serverName) {
  const unread = rooms.totalUnread();
  const room = place.room === null ? null : rooms.get(place.room);
  const where = room ? `${isolated(room.name)} · ${serverName}` : serverName;
  const title = unread ? `(${unread}) ${where}` : where;
  if (document.title !== title) document.title = title;
}
