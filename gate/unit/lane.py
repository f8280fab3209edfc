"""One lane, put together: its hardware, its mind, its contacts, what its screen is told."""

from collections.abc import Callable
from dataclasses import dataclass, field

from gate.devices.exposure import Exposure
from gate.devices.inputs import NoInputs
from gate.devices.ports import Camera, Clock, Decoder, Inputs, Lamp, Outputs
from gate.unit.camera_days import CameraDays
from gate.unit.contacts import Contacts
from gate.unit.controller import Controller
from gate.unit.lane_teller import LaneTeller


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneParts:
    """The hardware of one lane, real or pretended; whoever runs the lane closes it.

    `inputs` react on `outputs` by themselves (`gate.unit.contacts.reactions`).

    `camera_restarts` tells whether a camera that failed is worth opening again: a directory would
    show its pictures from the first one; `camera_coded` whether it codes its pictures, so that two
    may be the same (`gate.unit.picture_watch`). `exposure` is what the codes it
    sees ask of the camera. `lamp` is the one at the reader, if it has one.
    """

    open_camera: Callable[[], Camera]
    decoder: Decoder
    outputs: Outputs
    clock: Clock
    inputs: Inputs = field(default_factory=NoInputs)
    camera_name: str = "camera"
    camera_restarts: bool = True
    camera_coded: bool = False
    exposure: Exposure = field(default_factory=Exposure)
    lamp: Lamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """One lane, ready to run (`gate.unit.lane_loop`)."""

    parts: LaneParts
    controller: Controller
    contacts: Contacts
    teller: LaneTeller | None = None
    days: CameraDays | None = None
