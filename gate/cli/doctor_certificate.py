"""The commissioning certificate on the command line: given, and verified."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

import click
from PIL import Image

from gate.config import load_config
from gate.config_fields import Config
from gate.devices.ports import Luma
from gate.doctor.camera_check import take_picture
from gate.doctor.commissioning import (
    Commissioned,
    certificate_of,
    found_missing,
    keep_pictures,
)
from gate.doctor.finding import Finding
from gate.doctor.hands import Question
from gate.doctor.rounds import Site, cameras_of
from gate.errors import ConfigError, TrustError
from gate.events.batch import unit_uid
from gate.paper.certificate import draw_certificate
from gate.signing.keys import Algorithm, VerifyingKey
from gate.store.files import write_file
from gate.store.unit_key import load_unit_key, unit_key
from gate.trust.certificate import MAX_CERTIFICATE_BYTES, open_certificate, sign_certificate

_MODE: Final = 0o640


def give(
    site: Site, commissioned: Commissioned, installer: str, path: Path, question: Question
) -> bool:
    """Write the certificate of a unit that may have it; else say what is missing.

    Nobody is to be on its pictures: whoever stands there is asked to step aside.

    Raises:
        ConfigError: it can't be written, or the unit's key is not to be had.
        DeviceError: a camera gives no picture any more.
    """
    if commissioned.missing:
        _tell_missing(commissioned.missing)
        return False
    if not question("A picture is taken of the empty place. Is nobody before the camera now?"):
        click.echo("no certificate: it has a picture of the empty place", err=True)
        return False
    config, now = site.config, site.clock.now()
    pictures = [(lane, take_picture(opens)) for lane, opens in cameras_of(config)]
    key, _ = unit_key(config.unit.key)
    uid = unit_uid(key.verifying_key)
    pngs = [(lane, _png(picture)) for lane, picture in pictures]
    drawn = draw_certificate(certificate_of(commissioned, config, pngs, installer, uid, now), now)
    try:
        write_file(path, sign_certificate(drawn, key, now), mode=_MODE)
        keep_pictures(config, pictures)
    except OSError as error:
        fault = f"can't be written: {error.strerror}"
        raise ConfigError(str(error.filename or path), [fault]) from error
    click.echo(f"certificate: {path}, signed by unit {uid}")
    return True


def may_go_on(findings: Sequence[Finding]) -> bool:
    """Say what keeps the certificate back whatever somebody answers; none of it: go on."""
    missing = found_missing(findings)
    if missing:
        _tell_missing(missing)
        click.echo("next: see to that first, then run this again", err=True)
    return not missing


def verify(path: Path, by: str | None, config_path: Path) -> bool:
    """Say who signed a certificate, and whether that is who it should be.

    Raises:
        ConfigError: it can't be read, or `by` is no key.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_CERTIFICATE_BYTES + 1)
    except OSError as error:
        raise ConfigError(str(path), [f"can't be read: {error.strerror}"]) from error
    wanted = _wanted(by, config_path)
    try:
        signed = open_certificate(data)
    except TrustError as error:
        click.echo(f"not a valid certificate: {error}", err=True)
        return False
    click.echo(
        f"whole, signed {signed.at:%Y-%m-%d %H:%M} UTC by unit {unit_uid(signed.key)},"
        f" public key {signed.key.public.hex()}"
    )
    if wanted is None:
        click.echo("next: compare that with the hub's page of the unit, or give --by KEY", err=True)
        return True
    if wanted != signed.key:
        click.echo(f"by another unit than {unit_uid(wanted)}", err=True)
        return False
    click.echo("that is the unit's own key")
    return True


def _tell_missing(missing: Sequence[str]) -> None:
    click.echo("no certificate:", err=True)
    for one in missing:
        click.echo(f"  {one}", err=True)


def _wanted(by: str | None, config_path: Path) -> VerifyingKey | None:
    """Return the key that was named, or else this unit's own; None where there is neither."""
    if by is not None:
        try:
            return VerifyingKey(Algorithm.ED25519, bytes.fromhex(by))
        except (ValueError, TrustError) as error:
            fault = f"{by[:70]!r}; allowed: an Ed25519 public key, 64 hexadecimal digits"
            raise ConfigError("--by", [fault]) from error
    config: Config | None = load_config(config_path) if config_path.exists() else None
    if config is None or not config.unit.key.exists():
        return None
    return load_unit_key(config.unit.key).verifying_key


def _png(picture: Luma) -> bytes:
    file = BytesIO()
    Image.fromarray(picture).save(file, format="PNG")
    return file.getvalue()
