"""What PostgreSQL says when it refuses, without what it refuses."""

from psycopg import Error

# The sentences of this class quote values, in the server's language and with its quotation marks; those of the others
# name tables, columns and constraints alone.
DATA_EXCEPTION = "22"


def told(failure: Error) -> str:
    """What may be said of a failure: PostgreSQL's sentence, or its name where that quotes, and its SQLSTATE.

    What else PostgreSQL sends (DETAIL, CONTEXT, a line of the statement) has the row that it refused; `failure.diag`
    keeps that. A failure that PostgreSQL did not word, such as a lost connection, is told whole.
    """
    sentence, state = failure.diag.message_primary, failure.sqlstate
    if sentence is None or state is None:
        return str(failure)
    if state.startswith(DATA_EXCEPTION):
        sentence = type(failure).__name__
    return f"{sentence.splitlines()[0]} (SQLSTATE {state})"
