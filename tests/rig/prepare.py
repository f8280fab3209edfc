"""What the rig needs before the first row: the machine's image, a stick, a site; each made once.

Everything lies in one folder, named by a hash of what it was made of, so that nothing old is taken
for new and nothing is made twice.
"""

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.rig.machine import Image, Machine, RigError, overlay
from tests.rig.site import make_site

ROOT: Final = Path(__file__).parent.parent.parent
TOOLS: Final = {
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "mmdebstrap": "mmdebstrap",
    "mkfs.ext4": "e2fsprogs",
}
"""A program, and the Debian package that has it."""

INSTALL_S: Final = 1800.0
"""For one run of scripts/install in the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What the rows run on.

    Attributes:
        stock: the machine as it was flashed.
        share: what the machine sees at /mnt/host: the stick, the site, and guest/.
        installed: the same machine as a unit, shut down; made by the row "install".
        cuts: how many times the power is cut.
    """

    folder: Path
    stock: Image
    share: Path
    installed: Path
    cuts: int

    def machine(
        self,
        name: str,
        *,
        words: str = "",
        stock: bool = False,
        share: Path | None = None,
        network: bool = False,
        is_cut: bool = False,
        extra: Sequence[str] = (),
    ) -> Machine:
        """Return a machine on a fresh copy of a disk; `share` in place of the usual one.

        `is_cut`: its power will be cut, and what it has flushed has to be there then.
        `extra`: further arguments of QEMU's.
        """
        base = self.stock.root if stock else self.installed
        log = self.folder / f"{name}.log"
        log.unlink(missing_ok=True)
        return Machine(
            image=self.stock,
            disk=overlay(base, self.folder / f"{name}.qcow2"),
            log=log,
            share=share or self.share,
            words=words,
            network=network,
            cache="writeback" if is_cut else "unsafe",
            extra=extra,
        )


def prepare(folder: Path, cuts: int) -> Bench:
    """Make what is missing in `folder`.

    Raises:
        RigError: a tool is missing, or the image can't be built.
    """
    missing = [package for tool, package in TOOLS.items() if shutil.which(tool) is None]
    if missing:
        raise RigError(f"missing; next: sudo apt-get install --yes {' '.join(missing)}")
    image = folder / f"image-{_image_version()}"
    if not (image / "root.qcow2").exists():
        _build_image(image)
    return _bench(folder, image, cuts, "3.13")


def prepare_bookworm(newer: Bench) -> Bench:
    """Make what is missing for the release before, on the kernel of `newer`.

    Raises:
        RigError: the image can't be built.
    """
    image = newer.folder / f"bookworm-{_image_version()}"
    if not (image / "root.qcow2").exists():
        _build_image(image, newer.stock.kernel.parent)
    return _bench(newer.folder, image, newer.cuts, "3.11")


def _bench(folder: Path, image: Path, cuts: int, python: str) -> Bench:
    """Lay out the stick for units that have this Python."""
    names = ("config", "firmware", "gate", "requirements", "systemd", "scripts/install")
    own = ("tests/rig/guest", "tests/rig/site.py")
    version = _hash(ROOT / name for name in (*names, *own))
    share = folder / f"share-{python}-{version}"
    if not share.exists():
        _lay_out(share, python)
    return Bench(
        folder=folder,
        stock=Image.in_folder(image),
        share=share,
        installed=folder / f"installed-{image.name}-{version}.qcow2",
        cuts=cuts,
    )


def _image_version() -> str:
    return _hash([ROOT / "tests/rig/image", ROOT / "firmware/packages.txt"])


def _build_image(folder: Path, *newer: Path) -> None:
    if os.geteuid() != 0:
        raise RigError("building the machine's image needs root; next: run scripts/rig by sudo")
    print(f"building the machine's image (150 s on a quiet host): {folder}", flush=True)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "build.log").open("wb") as log:
        command = ["bash", str(ROOT / "tests/rig/image/build"), str(folder), *map(str, newer)]
        done = subprocess.run(command, stdout=log, stderr=log, check=False)
    if done.returncode != 0:
        raise RigError(f"the image was not built; see {folder / 'build.log'}")


def _lay_out(share: Path, python: str) -> None:
    part = share.with_name(f"{share.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    stick = [str(ROOT / "scripts/stick"), str(part / "stick"), "--python", python, "--screen"]
    subprocess.run([*stick, "--machine", "x86_64"], check=True)
    make_site(part / "site")
    shutil.copytree(ROOT / "tests/rig/guest", part / "guest")
    part.rename(share)


def _hash(places: Iterable[Path]) -> str:
    made = hashlib.sha256()
    for place in places:
        for file in sorted([place, *place.rglob("*")]):
            if file.is_file() and file.suffix != ".pyc":
                content = file.read_bytes()
                made.update(f"{file.relative_to(ROOT)} {len(content)}\n".encode() + content)
    return made.hexdigest()[:12]
