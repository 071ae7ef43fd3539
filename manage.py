#!/usr/bin/env python
"""Django's command line. `runserver`, the development server, turns DEBUG on unless the environment decides."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatproject.settings")
    if "runserver" in sys.argv[1:2]:
        os.environ.setdefault("DEBUG", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
