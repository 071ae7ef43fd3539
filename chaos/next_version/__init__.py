"""A version of Parley that does not exist: today's, and a migration more."""
