import logging

from redis.exceptions import RedisError


class Anticipated(logging.Filter):
    """Leaves the traceback out where Channels' layer logs that Redis is away: `health` names that failure already."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and isinstance(record.exc_info[1], RedisError | OSError):
            record.msg = f"{record.getMessage()}: {record.exc_info[1]}"
            record.args, record.exc_info, record.exc_text = (), None, None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
