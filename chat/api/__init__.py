"""The HTTP API: rooms, their people and their history. Talking itself goes over the socket."""
