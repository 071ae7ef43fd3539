"""Every group name of the channel layer."""

from chat.delivery.change import StreamKey


def stream_group(stream: StreamKey) -> str:
    """Workers that host subscribers of the stream."""
    return str(stream)


def probe_group(worker: str) -> str:
    """One worker alone, to hear itself."""
    return f"probe.{worker}"
