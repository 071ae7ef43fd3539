"""Moderation in Django's admin. It reads as it likes and writes by `chat.actions` only."""

from chat.admin import memberships, messages, moderation, people, rooms

__all__ = ["memberships", "messages", "moderation", "people", "rooms"]
