"""The socket's views: one function per command, registered by being imported here."""

from chat.handlers import memberships as memberships
from chat.handlers import messages as messages
from chat.handlers import opening as opening
from chat.handlers import typing as typing
