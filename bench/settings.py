"""Rectify's settings, and the tables of those it is measured against."""

from project.settings import *  # noqa: F403 -- the same settings, that is the point
from project.settings import INSTALLED_APPS as OURS

INSTALLED_APPS = [*OURS, "bench", "simple_history"]
