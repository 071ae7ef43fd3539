/** The tab's title: unread messages, room, server. */
export function drawTitle({ rooms, place }, serverName) {
  const unread = rooms.totalUnread();
  const room = place.room === null ? null : rooms.get(place.room);
  const title = [unread ? `(${unread})` : "", room ? `${room.name} · ${serverName}` : serverName].filter(Boolean).join(" ");
  if (document.title !== title) document.title = title;
}
