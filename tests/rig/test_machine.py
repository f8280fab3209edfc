"""A machine that is gone is told as such."""

from pathlib import Path

import pytest

from tests.rig.machine import Image, Machine, RigError


@pytest.fixture
def gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Return a machine whose QEMU ends as soon as it is started."""
    qemu = tmp_path / "qemu-system-x86_64"
    qemu.write_text("#!/bin/sh\nexec <&-\n", "ascii")
    qemu.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    image = Image.in_folder(tmp_path)
    return Machine(image=image, disk=tmp_path / "disk", log=tmp_path / "console.log")


def test_whoever_waits_for_a_machine_that_ended_or_types_into_it_is_told_so(gone: Machine) -> None:
    with gone:
        with pytest.raises(RigError, match="the machine ended"):
            gone.wait(b"never", 60)
        with pytest.raises(RigError, match="the machine ended"):
            gone.begin("true")
