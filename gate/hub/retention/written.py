"""What is written down of people and by them, in tables of which each row has its own age."""

from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from gate.hub.audit.models import Record
from gate.hub.check.models import CardCheck
from gate.hub.desk.models import IssuedCard
from gate.hub.mails.models import Letter, Silence
from gate.hub.manifest.models import Block, Forgiveness
from gate.hub.passes.models import Pass
from gate.hub.people.models import Note
from gate.hub.people.register import of_keys
from gate.hub.retention.leaving import kept_named
from gate.hub.retention.parts import Moment, Rows

_NAMES_A_CARD: Final = ~Q(issuer="", number="")


def _notes(moment: Moment) -> QuerySet[Note]:
    return Note.objects.filter(person__site=moment.site)


def _on_who_is_named(moment: Moment) -> Q:
    """Hold for notes on who must be named now: why they are kept out may stand there."""
    kept = of_keys(moment.site, kept_named(moment.site, moment.now)).values()
    return Q(person__in=set(kept))


def _ended_blocks(moment: Moment) -> QuerySet[Block]:
    ended = Block.objects.filter(_NAMES_A_CARD, site=moment.site, unblock__isnull=False)
    return ended.annotate(since=F("unblock__at"))


def _forgiven(moment: Moment) -> QuerySet[Forgiveness]:
    return Forgiveness.objects.filter(_NAMES_A_CARD, site=moment.site)


def _of_nobody_known(moment: Moment) -> QuerySet[Pass]:
    """Return passes of whom the register knows nothing, such as from before there was one."""
    named = ~Q(card__name="", number="", company="", text="", photo=None)
    found = Pass.objects.filter(named, site=moment.site, personpass=None)
    return found.annotate(since=Coalesce("card__expires_at", "at"))


def _letters(moment: Moment) -> QuerySet[Letter]:
    return Letter.objects.filter(site=moment.site)


def _of_a_silence(moment: Moment) -> Q:
    """Hold for letters that tell of a silence that lasts: they would be written again."""
    lasting = Silence.objects.filter(
        unit__site=moment.site, unit__retired_at=None, ended_at=None
    ).values_list("pk", flat=True)
    told = Q(pk__in=())
    for number in lasting:
        told |= Q(key=f"silence:{number}") | Q(key__startswith=f"silence:{number}:")
    return told


def _audited(moment: Moment) -> QuerySet[Record]:
    return Record.objects.filter(~Q(by_name=""), site=moment.site)


def _checked(moment: Moment) -> QuerySet[CardCheck]:
    return CardCheck.objects.filter(~Q(by_name=""), site=moment.site)


def _forget_card(rows: QuerySet[Any]) -> None:
    rows.update(issuer="", number="")


def _forget_pass(rows: QuerySet[Pass]) -> None:
    numbers = list(rows.values_list("pk", flat=True))
    passes = Pass.objects.filter(pk__in=numbers)
    IssuedCard.objects.filter(pass__in=passes).update(name="")
    passes.update(issuer="", number="", company="", text="", photo=None)


def _forget_checker(rows: QuerySet[CardCheck]) -> None:
    rows.update(by=None, by_name="")


def forget_author(rows: QuerySet[Record]) -> None:
    """Take away who did what stands in the audit record, and from where."""
    rows.update(by=None, by_name="", host="")


NOTES: Final = Rows(find=_notes, since="at", go=QuerySet.delete, spared=_on_who_is_named)
ENDED_BLOCKS: Final = Rows(find=_ended_blocks, since="since", go=_forget_card)
FORGIVEN: Final = Rows(find=_forgiven, since="at", go=_forget_card)
UNKNOWN_PASSES: Final = Rows(find=_of_nobody_known, since="since", go=_forget_pass)
LETTERS: Final = Rows(find=_letters, since="made_at", go=QuerySet.delete, spared=_of_a_silence)
AUDITED: Final = Rows(find=_audited, since="at", go=forget_author)
CHECKED: Final = Rows(find=_checked, since="received_at", go=_forget_checker)
