// ws and ioredis: one subscriber a process, which writes to the process's own sockets.
import { createServer } from "node:http";
import Redis from "ioredis";
import { WebSocketServer } from "ws";

const [port, redisPath] = process.argv.slice(2);
const rooms = new Map();
const publisher = new Redis(redisPath);
const subscriber = new Redis(redisPath);
await subscriber.psubscribe("room:*");
subscriber.on("pmessage", (_pattern, channel, text) => {
  for (const socket of rooms.get(channel) ?? []) socket.send(text);
});

const http = createServer();
const server = new WebSocketServer({ server: http });
server.on("connection", (socket, request) => {
  const name = `room:${request.url.split("/")[3]}`;
  if (!rooms.has(name)) rooms.set(name, new Set());
  rooms.get(name).add(socket);
  socket.on("message", (data) => publisher.publish(name, data.toString()));
  socket.on("close", () => rooms.get(name).delete(socket));
});
http.listen({ port: Number(port), host: "127.0.0.1", backlog: 4096 });
