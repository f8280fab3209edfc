"""Somebody who got a pass without being in the register: taken into it with their scheme card.

A pass can be issued by itself, on its own page or at the hub's console. Its holder then is somebody
the site knows, whose induction is still to be recorded with its version and period.
"""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from gate.hub.passes.models import Pass
from gate.hub.people.models import Person, PersonCard, PersonPass
from gate.hub.people.photos import keep_photo
from gate.hub.people.register import company_of, owner_of_card, write_words


def adopt(made: Pass, language: str) -> Person:
    """Return whose a pass is, by the card beneath it; somebody new is added to the register.

    `language` is what the pass asks for; their next one is to ask for it too.
    """
    site, card = made.site, made.card
    with transaction.atomic():
        person = owner_of_card(site, bytes(made.beneath))
        if person is None:
            company = company_of(site, made.company) if made.company else None
            person = Person.objects.create(
                site=site, company=company, name=card.name, added_at=made.at
            )
            ends = made.beneath_expires_at.astimezone(ZoneInfo(site.time_zone))
            PersonCard.objects.create(
                site=site,
                person=person,
                scheme=made.scheme,
                card_type=card.card_type,
                issuer=made.issuer,
                number=made.number,
                last_day=(ends - timedelta(seconds=1)).date(),
                key=bytes(made.beneath),
            )
            if made.photo is not None:
                keep_photo(person, bytes(made.photo))
        if language and language != person.language:
            person.language = language
            person.save(update_fields=["language"])
        PersonPass.objects.create(person=person, one=made)
        write_words(person)
    return person


def holder_of(made: Pass) -> int | None:
    """Return whose a pass is, as the number of a person; None if the register doesn't say."""
    held = PersonPass.objects.filter(one=made).first()
    return None if held is None else held.person_id
