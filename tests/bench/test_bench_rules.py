"""What the rules' bench measures: everybody is let in, by every rule, on a full site."""

from gate.access.decide import decide
from gate.access.presence import Presence
from gate.bench.rules import INSIDE, PEOPLE, a_site, records_of_everybody, requests_of, site_rules
from gate.errors import Outcome
from gate.sim.issuer import SimIssuer


def test_the_site_of_the_bench_is_as_full_as_it_says() -> None:
    presence: Presence = a_site()
    assert presence.head_count() == INSIDE
    assert len(records_of_everybody()) == PEOPLE


def test_every_rule_is_asked_and_nobody_falls_at_the_first() -> None:
    records = records_of_everybody()
    rules = site_rules(records)
    assert len({rule.name for rule in rules}) > 20
    requests = requests_of(SimIssuer(), records)
    presence = a_site()
    answers = [decide(request, rules, presence).outcome for request in requests]
    assert Outcome.REFUSE not in answers
    assert Outcome.ADMIT in answers
