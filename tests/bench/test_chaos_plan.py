"""A campaign's plan: everything happens, in an order that the seed gives."""

import pytest

from gate.bench.chaos.plan import REPEATED_FROM, Database, Disturbance, Plan, draw_plan

ENTRIES = 1000
SEEDS = range(1, 200)
DATABASES: tuple[Database, ...] = ("sqlite", "postgresql")


def disturbances(plan: Plan) -> list[Disturbance]:
    return [step.disturbance for step in plan.steps]


@pytest.mark.parametrize("database", DATABASES)
def test_a_seed_gives_the_same_plan_again_and_another_seed_another(database: Database) -> None:
    plans = [draw_plan(seed, ENTRIES, database) for seed in SEEDS]
    assert plans == [draw_plan(seed, ENTRIES, database) for seed in SEEDS]
    assert len({plan.steps for plan in plans}) == len(plans)


@pytest.mark.parametrize("database", DATABASES)
def test_every_entry_is_ordered(database: Database) -> None:
    for plan in (draw_plan(seed, ENTRIES, database) for seed in SEEDS):
        assert sum(step.entries + step.meanwhile for step in plan.steps) == ENTRIES


@pytest.mark.parametrize("database", DATABASES)
def test_a_hub_is_backed_up_before_it_is_restored(database: Database) -> None:
    for plan in (draw_plan(seed, ENTRIES, database) for seed in SEEDS):
        order = disturbances(plan)
        backed_up = order.index(Disturbance.HUB_BACKED_UP)
        assert backed_up < order.index(Disturbance.HUB_RESTORED)


@pytest.mark.parametrize(("entries", "kills"), [(REPEATED_FROM - 1, 1), (REPEATED_FROM, 3)])
def test_a_short_campaign_kills_each_process_once(entries: int, kills: int) -> None:
    order = disturbances(draw_plan(1, entries, "sqlite"))
    assert order.count(Disturbance.WRITER_KILLED) == kills


def test_two_seeds_of_both_databases_try_everything() -> None:
    tried = {
        disturbance
        for database in DATABASES
        for seed in (1, 2)
        for disturbance in disturbances(draw_plan(seed, ENTRIES, database))
    }
    assert tried == set(Disturbance)
