"""The product's settings, with the migration of the next version."""

from chatproject.settings import *  # noqa: F403
from chatproject.settings import INSTALLED_APPS as TODAYS

INSTALLED_APPS = [*TODAYS, "chaos.next_version"]
