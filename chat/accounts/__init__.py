"""Sign up, sign in, sign out, passwords and e-mail: allauth's flows, in Parley's words and with Parley's actions."""
