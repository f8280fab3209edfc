"""A machine in set-up: it waits for a code before its camera, and tries each until one is good.

Nobody has a keyboard there. What goes on is told by `tell`, and seen and heard by the lights; after
a setback its beeps go on until the next code is held up. The same code counts again once it was
taken down (gate.enrol.shown).
"""

from collections.abc import Callable

from gate.devices.ports import Camera, Decoder
from gate.enrol.attempt import Tell, join, recover
from gate.enrol.set_up_lights import DONE, SEEN, WAITING, WORKING, SetUpLights, failed
from gate.enrol.shown import codes_seen
from gate.enrol.steps import Means
from gate.errors import EnrolError, Setback

Failed = Callable[[EnrolError], None]


def set_up(
    camera: Camera,
    decoder: Decoder,
    means: Means,
    lights: SetUpLights,
    told: tuple[Tell, Failed],
) -> None:
    """Return once a code has made this machine a unit, here or by a hand beside.

    Raises:
        EnrolError: NOT_A_CODE, if the camera's pictures end before.
        DeviceError: the camera fails.
    """
    tell, fail = told
    lights.play(WAITING, "set-up")
    is_over = means.staging.paths.config.exists
    for text in codes_seen(camera, decoder, is_over):
        lights.play(WORKING, "set-up")
        lights.play(SEEN, "a code was seen")
        try:
            join(text, means, tell)
        except EnrolError as error:
            fail(error)
            lights.play(failed(error.setback), f"setback {error.setback}")
        else:
            lights.play(DONE, "done")
            means.wait(DONE.length_s)
            return
    if not is_over():
        raise EnrolError(Setback.NOT_A_CODE, "the camera's pictures ended without a good one")


def is_unit(means: Means) -> bool:
    """See to what a power cut left, and tell whether the machine is a unit, so needs no code.

    Raises:
        EnrolError: DISK, or the network can't be kept.
    """
    recover(means)
    return means.staging.paths.config.exists()
