"""The SQL of every message and every connect, written out: the ORM takes longer to build it than a database to run it.

Each statement takes any number of keys and is one text, so that databases prepare it once. Where SQLite and
PostgreSQL differ, both texts stand side by side.
"""
