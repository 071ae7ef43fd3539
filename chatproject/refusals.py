"""What PostgreSQL says when it refuses, without what it refuses."""

import re

from psycopg import Error

# The sentences of this class quote values; those of the others name tables, columns and constraints alone.
DATA_EXCEPTION = "22"


def told(failure: Error) -> str:
    """What may be said of a failure: PostgreSQL's sentence and its SQLSTATE, without values.

    What else PostgreSQL sends (DETAIL, CONTEXT, a line of the statement) has the row that it refused; `failure.diag`
    keeps that. A failure that PostgreSQL did not word, such as a lost connection, is told whole.
    """
    sentence, state = failure.diag.message_primary, failure.sqlstate
    if sentence is None or state is None:
        return str(failure)
    if state.startswith(DATA_EXCEPTION):
        sentence = re.sub('".*"', '"..."', sentence, flags=re.DOTALL)
    return f"{sentence.splitlines()[0]} (SQLSTATE {state})"
