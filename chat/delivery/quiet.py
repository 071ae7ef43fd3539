import logging


class Anticipated(logging.Filter):
    """Leaves the traceback out of what is logged of others' faults.

    Channels' layer logs that receiving failed: it goes on, and `health` judges it. Redis being away is no bug; nor is
    what redis-py raises when two tasks reconnect one connection. Nor is a request for a host that is not ours, or a
    body beyond the bound.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info:
            record.msg = f"{record.getMessage()}: {record.exc_info[1]!r}"
            record.args, record.exc_info, record.exc_text = (), None, None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
        return True
