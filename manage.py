#!/usr/bin/env python
"""Django's command line for 회비관리 메신저."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "messenger.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
