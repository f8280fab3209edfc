"""One attempt to join, inside a fail-safe of five minutes: all of it, or back to how it was.

Whatever goes wrong, the network that was tried is taken away and what was laid out beside is swept;
the unit then works, or waits for a code, as before. Only the last step changes anything that lasts,
and it does so by one file (gate.enrol.staging). A cut anywhere is seen to by `recover`, which runs
before anything else at the next start.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from gate.config import load_config
from gate.enrol import leave
from gate.enrol.steps import Means, Step, Work, steps_for
from gate.errors import ConfigError, EnrolError, GateError, Setback
from gate.trust.enrolment import EnrolmentCode, open_code

FAIL_SAFE_S: Final = 300.0
"""EXPERIENCE: five minutes; a modem takes one, and a person waits no longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an attempt says of itself while it goes on: a step begins, or it has ended.

    Attributes:
        step: the step.
        setback: why it ended there; None while all is well.
        detail: of the setback, for engineers.
        is_done: whether the unit is in force.
        code: what was read, once it was.
    """

    step: Step
    setback: Setback | None = None
    detail: str = ""
    is_done: bool = False
    code: EnrolmentCode | None = None


Tell = Callable[[Told], None]


def join(text: str, means: Means, tell: Tell) -> EnrolmentCode:
    """Make the machine the unit that a code says; return the code.

    Raises:
        EnrolError: why not; everything is as it was.
        ConfigError: another process is joining.
    """
    with means.staging.alone():
        return _join(text, means, tell)


def recover(means: Means) -> bool:
    """See to what a cut left: go on with a commit or a leaving, or sweep.

    Returns:
        Whether it went on with a commit.

    Raises:
        EnrolError: DISK, or the network can't be kept.
        ConfigError: another process is joining.
    """
    with means.staging.alone():
        return _recover(means)


def refuse_in_use(means: Means) -> None:
    """Refuse a machine that is a hub's unit already; one that stands alone may join a hub.

    Raises:
        EnrolError: IN_USE.
    """
    path = means.staging.paths.config
    if not path.exists():
        return
    try:
        config = load_config(path)
    except ConfigError as error:
        raise EnrolError(Setback.IN_USE, f"by a file with faults: {error}"[:300]) from error
    if config.hub is not None:
        detail = f"as {config.unit.name} of {config.unit.site}, at {config.hub.url}"
        raise EnrolError(Setback.IN_USE, detail)


def _join(text: str, means: Means, tell: Tell) -> EnrolmentCode:
    work = Work(text=text, deadline_s=means.clock.monotonic() + FAIL_SAFE_S)
    step = Step.CODE
    try:
        _recover(means)
        refuse_in_use(means)
        means.staging.begin()
        for step, act in steps_for(work):
            tell(Told(step=step, code=work.code))
            _look_at_time(means, work, step)
            act(means, work)
    except EnrolError as error:
        _go_back(means)
        tell(Told(step=step, setback=error.setback, detail=error.detail, code=work.code))
        raise
    except BaseException:
        _go_back(means)
        raise
    tell(Told(step=step, is_done=True, code=work.code))
    return work.opened


def _recover(means: Means) -> bool:
    leave.go_on(means.staging, means.network)
    facts = means.staging.recover()
    if facts is None:
        means.network.forget()
        return False
    means.network.keep(open_code(str(facts["code"])).network)
    means.staging.clear()
    return True


def _look_at_time(means: Means, work: Work, step: Step) -> None:
    if means.clock.monotonic() >= work.deadline_s:
        raise EnrolError(Setback.OUT_OF_TIME, f"before the step {step}")


def _go_back(means: Means) -> None:
    """Leave everything as it was; a commit that was under way stays for `recover`."""
    try:
        means.network.forget()
        means.staging.sweep()
    except GateError:
        return  # told already by what went wrong first; `recover` sweeps at the next start
