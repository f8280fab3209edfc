"""The files that people write, read once and checked whole: the unit's own, and those it names.

`load_config` returns frozen values (gate.config_fields) or names every fault with its key. No
environment variable, no default that hides a fault: a key that is not known is a fault.
"""

import dataclasses
from pathlib import Path

from gate.access.catalogue import Catalogue, parse_catalogue
from gate.access.policy import parse_policy
from gate.access.settings import KeyDescription, describe_keys
from gate.access.site_policy import SitePolicy
from gate.access.tables import MAX_CHARS, read_toml
from gate.config_camera import CameraConfig
from gate.config_fields import Config, HubConfig, ScreenConfig, UnitConfig
from gate.config_lanes import LANE_TABLES, lane_faults
from gate.errors import ConfigError


def load_config(path: Path) -> Config:
    """Return what the file says, its relative paths starting at its own directory.

    Raises:
        ConfigError: the file can't be read, or every fault in it.
    """
    config = read_toml(Config, read_text(path), str(path))
    start = path.absolute().parent
    config = dataclasses.replace(
        config,
        unit=_anchored_unit(config.unit, start),
        access_point=tuple(
            dataclasses.replace(lane, camera=_anchored_camera(lane.camera, start))
            for lane in config.access_point
        ),
        camera=_anchored_camera(config.camera, start),
        hub=None if config.hub is None else _anchored_hub(config.hub, start),
        screen=None if config.screen is None else ScreenConfig(state=start / config.screen.state),
    )
    if faults := list(lane_faults(config)):
        raise ConfigError(str(path), faults)
    return config


def load_policy(path: Path) -> SitePolicy:
    """Return the site policy in a file; raises ConfigError as `load_config` does."""
    return parse_policy(read_text(path), str(path))


def load_catalogue(path: Path) -> Catalogue:
    """Return the schemes catalogue in a file; raises ConfigError as `load_config` does."""
    return parse_catalogue(read_text(path), str(path))


def config_keys() -> tuple[KeyDescription, ...]:
    """List every key of the unit's file, for the reference pages.

    A lane's own tables have the keys of those at the top, so they are listed once.
    """
    own = tuple(f"access_point[].{table}." for table in LANE_TABLES)
    return tuple(key for key in describe_keys(Config) if not key.key.startswith(own))


def read_text(path: Path) -> str:
    """Return the text of a file that people write.

    Raises:
        ConfigError: it can't be read or is no UTF-8; says what to do next.
    """
    try:
        with path.open("rb") as file:
            content = file.read(4 * MAX_CHARS + 1)
        return content.decode("utf-8-sig")
    except OSError as error:
        step = "name a file that exists, or copy the commented example from config/ there"
        raise ConfigError(str(path), [f"can't be read: {error.strerror}; next: {step}"]) from error
    except UnicodeDecodeError as error:
        fault = f"byte {error.start} is not UTF-8; next: save the file as UTF-8 text"
        raise ConfigError(str(path), [fault]) from error


def _anchored_unit(unit: UnitConfig, start: Path) -> UnitConfig:
    return dataclasses.replace(
        unit,
        journal=start / unit.journal,
        trust=start / unit.trust,
        policy=start / unit.policy,
        schemes=None if unit.schemes is None else start / unit.schemes,
        site_key=start / unit.site_key,
        key=start / unit.key,
    )


def _anchored_camera(camera: CameraConfig | None, start: Path) -> CameraConfig | None:
    if camera is None:
        return None
    form, _, path = camera.source.partition(":")
    if form not in {"file", "dir"}:
        return camera
    return dataclasses.replace(camera, source=f"{form}:{start / path}")


def _anchored_hub(hub: HubConfig, start: Path) -> HubConfig:
    return dataclasses.replace(hub, ca=None if hub.ca is None else start / hub.ca)
