"""The rule table is the test: every row is a sentence, decided by the rules of its policy."""

import pytest

from tests.access.rule_rows import TABLES
from tests.access.rule_table import Row, RuleTable


@pytest.mark.parametrize(
    ("table", "row"),
    [
        pytest.param(table, row, id=f"rule {table.number}: {row.given}, {row.at}: {row.answer}")
        for table in TABLES
        for row in table.rows
    ],
)
def test_a_row_of_the_rule_table(table: RuleTable, row: Row) -> None:
    assert table.answer(row) == row.answer


def test_each_of_the_twenty_rules_has_a_table_that_says_both_yes_and_no() -> None:
    assert {table.number for table in TABLES} == set(range(1, 21))
    for table in TABLES:
        answers = {row.answer for row in table.rows}
        assert "admit" in answers, table.asks
        assert answers != {"admit"}, table.asks


def test_no_sentence_stands_twice_in_a_table() -> None:
    for table in TABLES:
        sentences = [(row.given, row.at) for row in table.rows]
        assert len(set(sentences)) == len(sentences), table.asks
