"""Of which parts a code is asked besides the password; an admin of the hub says so."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction

from gate.hub.accounts.models import CodeAsked
from gate.hub.accounts.parts import parts_of
from gate.hub.accounts.roles import Part
from gate.hub.accounts.second_factor import has_second_factor


def code_asked_of() -> frozenset[Part]:
    """Return the parts that must sign in with a code."""
    return frozenset(Part(part) for part in CodeAsked.objects.values_list("part", flat=True))


def ask_code_of(parts: Iterable[Part]) -> None:
    """Have these sign in with a code from now on, and no others."""
    with transaction.atomic():
        CodeAsked.objects.exclude(part__in=parts).delete()
        for part in parts:
            CodeAsked.objects.get_or_create(part=part)


def is_code_asked_of(user: User) -> bool:
    """Say whether somebody must sign in with a code."""
    asked = code_asked_of()
    return bool(asked) and not asked.isdisjoint(parts_of(user))


def lacks_code(user: User) -> bool:
    """Say whether somebody must turn codes on before anything else."""
    return is_code_asked_of(user) and not has_second_factor(user)
