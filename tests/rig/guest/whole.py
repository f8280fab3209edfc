"""Says whether every file of the program is as it was packed, after an installation that was cut.

whole.py        prints: FILES of LIBRARIES, and each that is not as its own list says
"""

import csv
import hashlib
from base64 import urlsafe_b64encode
from pathlib import Path


def main() -> None:
    [folder] = Path("/opt/gate/lib").resolve().glob("python3*/site-packages")
    lists = sorted(folder.glob("*.dist-info/RECORD"))
    files, bad = 0, []
    for one in lists:
        with one.open(encoding="utf-8", newline="") as file:
            told = [(name, digest) for name, digest, _ in csv.reader(file) if digest]
        files += len(told)
        bad += [name for name, digest in told if _digest(folder / name, digest) != digest]
    print(f"{files} files of {len(lists)} libraries", *bad)


def _digest(path: Path, like: str) -> str:
    kind = like.partition("=")[0]
    if not path.is_file():
        return "missing"
    made = hashlib.new(kind, path.read_bytes()).digest()
    return f"{kind}={urlsafe_b64encode(made).rstrip(b'=').decode('ascii')}"


if __name__ == "__main__":
    main()
