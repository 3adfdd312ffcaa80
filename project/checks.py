"""The part of readiness that needs no database, as deployment checks."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register

from project import readiness


@register(Tags.security, deploy=True)
def settings_are_fit(**_kwargs: Any) -> list[CheckMessage]:
    return [
        Error(fault, id=f"rectify.E{number:03}")
        for number, fault in enumerate(readiness.faults_of_settings(), 1)
    ]
