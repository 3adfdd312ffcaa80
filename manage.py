#!/usr/bin/env python
"""Django's command line for Rectify; beside a `make run` it uses that installation's keys."""

import os
import sys
from pathlib import Path


def use_what_make_run_kept() -> None:
    """Where nothing else says so, commands speak of the demonstration in var/, with its keys.

    Only here: a server never takes its keys from a file it happens to find.
    """
    if "RECTIFY_ENV" in os.environ or "RECTIFY_AUDIT_KEY" in os.environ:
        return
    var = Path(os.environ.get("RECTIFY_VAR") or Path(__file__).resolve().parent / "var")
    kept = var / "secrets.env"
    if not kept.exists():
        return
    for line in kept.read_text(encoding="utf-8").splitlines():
        name, _sign, value = line.partition("=")
        os.environ.setdefault(name, value)
    os.environ["RECTIFY_ENV"] = "demo"


def main() -> None:
    use_what_make_run_kept()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
