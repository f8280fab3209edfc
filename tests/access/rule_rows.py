"""Every table of the twenty rules, in their order."""

from typing import Final

from tests.access import rule_rows_cards, rule_rows_people, rule_rows_site
from tests.access.rule_table import RuleTable

TABLES: Final[tuple[RuleTable, ...]] = tuple(
    sorted(
        (*rule_rows_cards.TABLES, *rule_rows_people.TABLES, *rule_rows_site.TABLES),
        key=lambda table: table.number,
    )
)
