"""Whether a good card is taken and a bad one is not, by this unit's own camera and trust."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from gate.access.words import words_for
from gate.card.verify import verify_card
from gate.devices.ports import Camera, Clock, Decoder
from gate.doctor.camera_check import MOST_FRAMES, TEST_CARD
from gate.doctor.finding import Finding, failed, failed_by, not_asked, passed
from gate.doctor.hands import Question
from gate.errors import CardError, DeviceError, TrustError
from gate.trust.bundle import TrustBundle


@dataclass(frozen=True, slots=True)
class CardCheck:
    """One card that is held up: `is_good` says whether it is to be taken or refused."""

    lane: str
    is_good: bool
    open: Callable[[], Camera]
    decoder: Decoder
    trust: Callable[[], TrustBundle]
    clock: Clock
    ask: Question

    def look(self) -> Finding:
        """Ask for the card, and judge what is held up until one is as it should be."""
        kind = "good" if self.is_good else "bad"
        name = f"{kind} card {self.lane}"
        what = "a valid card" if self.is_good else "an expired card, or any other QR code,"
        if not self.ask(f"{self.lane}: hold {what} to the camera now. Is it held?"):
            return not_asked(name, "Nobody held it up.")
        step = "Hold another one, or see to what the unit goes by: gate doctor, trust."
        try:
            trust = self.trust()
            camera = self.open()
            try:
                return self._judged(name, camera, trust) or failed(
                    name, f"No {kind} card was seen.", step
                )
            finally:
                camera.close()
        except (DeviceError, TrustError) as error:
            return failed_by(name, error, step)

    def _judged(self, name: str, camera: Camera, trust: TrustBundle) -> Finding | None:
        for frame in islice(camera.frames(), MOST_FRAMES):
            for reading in self.decoder.decode(frame).readings:
                if reading.text == TEST_CARD:
                    continue
                try:
                    verify_card(reading.text, trust, self.clock.now())
                except CardError as error:
                    if not self.is_good:
                        says = f"It was refused: {words_for(error.reason).headline}."
                        return passed(name, says, reason=str(error.reason))
                else:
                    if self.is_good:
                        return passed(name, "It was read, and is vouched for.")
        return None
