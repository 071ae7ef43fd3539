"""Every group name of the channel layer."""

from chat.delivery.change import StreamKey


def stream_group(stream: StreamKey) -> str:
    """Workers that host subscribers of the stream."""
    return str(stream)


def probe_group() -> str:
    """All workers, to hear themselves and each other."""
    return "probes"
