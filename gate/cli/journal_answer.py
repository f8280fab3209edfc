"""What `gate journal verify` found, in words and as one JSON object."""

from dataclasses import asdict, dataclass
from pathlib import Path

from gate.store.journal_audit import Audit
from gate.store.journal_receipts import Testimony


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """All that was found.

    Attributes:
        audit: of the chain.
        testimony: of the receipts; None if none were given, or one of them is none.
        bad_receipt: which file is no receipt of the hub, and why; None if all are.
    """

    audit: Audit
    testimony: Testimony | None = None
    bad_receipt: str | None = None

    @property
    def faults(self) -> list[str]:
        """What is wrong, the chain's fault first; nothing if the journal holds."""
        contradicted = None if self.testimony is None else self.testimony.fault
        found = (self.audit.fault, contradicted, self.bad_receipt)
        return [fault for fault in found if fault is not None]

    @property
    def holds(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def in_words(path: Path, verdict: Verdict) -> str:
    """Return the answer for a person."""
    if verdict.holds:
        return "\n".join([f"{path}: holds", *_what_holds(verdict)])
    lines = [f"{path}: DOES NOT HOLD", *(f"  {fault}" for fault in verdict.faults)]
    if verdict.audit.fault is not None:
        lines.append(f"  Entries before it: {_count(verdict.audit)}, which hold.")
    lines.append("  Copy the file, its -wal and its .head before anything else is done to them.")
    return "\n".join(lines)


def in_one_object(verdict: Verdict) -> dict[str, object]:
    """Return the answer for a program."""
    audit = verdict.audit
    anchor = audit.anchor
    return {
        "holds": verdict.holds,
        "journal_id": audit.head.journal_id.hex(),
        "entries": _count(audit),
        "pruned": audit.pruned,
        "pruned_at": None if anchor is None else f"{anchor.pruned_at:%FT%TZ}",
        "head": audit.head.hash.hex(),
        "first_bad": audit.first_bad,
        "fault": verdict.faults[0] if verdict.faults else None,
        "receipts": None if verdict.testimony is None else asdict(verdict.testimony),
    }


def _what_holds(verdict: Verdict) -> list[str]:
    audit = verdict.audit
    lines = [f"  Entries:  {_count(audit)}, none changed, added or missing"]
    if audit.anchor is not None:
        pruned_at = f"{audit.anchor.pruned_at:%F %T} UTC"
        lines += [
            f"  From:     entry {audit.pruned + 1}; the hub had those before it, which were",
            f"            pruned, the last at {pruned_at}",
        ]
    lines += [f"  Journal:  {audit.head.journal_id.hex()}", f"  Head:     {audit.head.hash.hex()}"]
    if verdict.testimony is not None:
        lines += _what_receipts_say(verdict.testimony)
    return lines


def _what_receipts_say(testimony: Testimony) -> list[str]:
    aside = [
        f"{count} {what}"
        for count, what in (
            (testimony.pruned, "about entries that were pruned"),
            (testimony.other_journals, "about other journals"),
        )
        if count
    ]
    lines = [f"  Receipts: {testimony.agree} agree{''.join(f', {words}' for words in aside)}"]
    if testimony.agree:
        lines.append(f"  Proven:   up to entry {testimony.proven}, by the hub's signature")
    else:
        lines.append("  Proven:   nothing; no receipt is about an entry of this journal")
    return lines


def _count(audit: Audit) -> int:
    return audit.head.seq - audit.pruned
