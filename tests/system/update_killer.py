"""Takes an update file again and again, each time killed one change of the disk later.

update_killer.py UNIT_TOML FILE ... : prints, a line a run, how many changes it was allowed, and the
version of the manifest in force afterwards; a run that needed no killing is the last of its file.
"""

import os
import signal
import sys
from pathlib import Path

from gate.cli.main import gate, run
from gate.config import load_config
from gate.store.trust_in_force import load_in_force

CHANGES = frozenset({"os.mkdir", "os.link", "os.rename", "os.symlink", "os.remove", "os.rmdir"})


def take(unit: Path, file: Path, allowed: int) -> bool:
    """Import in a process of its own, killed before the change after so many; tell if it ended."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    left = allowed

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and "/trust/" in str(arguments[0]) and arguments[2] != os.O_RDONLY
        if event in CHANGES or writes:
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)
    os._exit(run(gate, ["trust", "import", str(file), "--config", str(unit), "--json"]))


def main(unit: Path, *files: Path) -> None:
    """Take each file."""
    config = load_config(unit)
    assert config.hub is not None
    for file in files:
        allowed, ended = 0, False
        while not ended:
            ended = take(unit, file, allowed)
            found = load_in_force(config.unit.trust, config.unit.site, config.hub.key)
            assert found.left_out == (), found.left_out
            version = 0 if found.manifest is None else found.manifest.version
            print(allowed, version, len(found.bundle.status_lists), flush=True)  # noqa: T201 - read by the test
            allowed += 1


main(*map(Path, sys.argv[1:]))
