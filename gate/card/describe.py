"""A card in plain words and values, for JSON and for people; only ever of a verified card."""

from datetime import date, datetime

from gate.card.model import Card, Competence, StandsOn, StatusRef


def describe_card(card: Card) -> dict[str, object]:
    """Return a card as JSON has it: times as ISO 8601 in UTC; absent fields are left out."""
    described: dict[str, object] = {
        "issuer": card.issuer,
        "number": card.number,
        "holder_id": card.holder_id,
        "name": card.name,
        "not_before": _time(card.not_before),
        "issued_at": _time(card.issued_at),
        "expires_at": _time(card.expires_at),
        "status": _status(card.status),
        "competence": _describe_competence(card.competence),
    }
    if card.audience is not None:
        described["audience"] = card.audience
    if card.holder_key is not None:
        described["holder_key"] = {
            "alg": card.holder_key.algorithm,
            "public": card.holder_key.public.hex(),
        }
    return described


def _describe_competence(competence: Competence) -> dict[str, object]:
    health = competence.health_safety
    fields: dict[str, object] = {
        "scheme": competence.scheme,
        "card_type": competence.card_type,
        "occupations": list(competence.occupations),
        "qualifications": list(competence.qualifications),
        "experience": list(competence.experience),
        "health_safety": {"route": health[0], "until": _day(health[1])} if health else None,
        "cpd_until": _day(competence.cpd_until),
        "practice_until": _day(competence.practice_until),
        "disciplines": list(competence.disciplines),
        "limits": list(competence.limits),
        "photo_digest": competence.photo_digest.hex() if competence.photo_digest else None,
        "stands_on": _describe_beneath(competence.stands_on) if competence.stands_on else None,
        "language": competence.language,
    }
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _describe_beneath(card: StandsOn) -> dict[str, object]:
    described: dict[str, object] = {
        "issuer": card.issuer,
        "number": card.number,
        "expires_at": _time(card.expires_at),
    }
    if card.status is not None:
        described["status"] = _status(card.status)
    return described


def _status(ref: StatusRef) -> dict[str, object]:
    return {"uri": ref.uri, "index": ref.index}


def _time(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None
