"""One table per file; constraints live in the database."""

from chat.models.canary import Canary as Canary
from chat.models.epoch import Epoch as Epoch
from chat.models.inbox import Inbox as Inbox
from chat.models.membership import Membership as Membership
from chat.models.message import Message as Message
from chat.models.moderation import ModerationEvent as ModerationEvent
from chat.models.reaction import Reaction as Reaction
from chat.models.room import Room as Room
from chat.models.user import User as User
