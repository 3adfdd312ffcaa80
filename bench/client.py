"""One client: python -m bench.client CONTENDER SECONDS prints verbs done and seconds taken."""

from __future__ import annotations

import itertools
import os
import sys
import time

import django

WARM_UP = 40
ITEMS = 200
USED_UP = {"ours_life": 700, "ours_decision": 300, "viewflow_decision": 600}
"""Items made beforehand; whole lives and decisions use theirs up."""


def main(contender: str, seconds: float) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    django.setup()
    from bench.contenders import CONTENDERS  # noqa: PLC0415 -- needs the applications loaded

    verbs = CONTENDERS[contender](USED_UP.get(contender, ITEMS))
    for _n in itertools.islice(verbs, WARM_UP):
        pass
    print("ready", flush=True)
    sys.stdin.readline()
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < seconds and next(verbs, sys) is not sys:
        done += 1
    print(done, time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
