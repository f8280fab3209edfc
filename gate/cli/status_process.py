"""What `gate status` becomes: a process as small as its page needs it.

    python -m gate.cli.status_process FILE    FILE: the unit's own, with its [status]

It reads no command line by a library (3 MB), and hashes by Python's own SHA-256, as it does where
there is no OpenSSL: the libraries that verify bring one of their own, and a second takes 3.5 MB.
"""

import sys
from pathlib import Path


def main() -> int:
    """Run the page of the unit whose file is named; return the exit code."""
    sys.modules["_hashlib"] = None  # type: ignore[assignment] # "not there": see importlib's docs
    from gate.cli.status_serve import run  # noqa: PLC0415 - after the above

    return run(Path(sys.argv[1]))


if __name__ == "__main__":
    sys.exit(main())
