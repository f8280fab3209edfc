"""A disk with a cache that forgets: a block device over NBD, whose power is cut by SIGTERM.

    python -m tests.rig.disk FILE SOCKET honest|lying SEED

What is written stays in memory until the machine flushes, or asks for it to be durable at once. At
the power cut a random half of what was never flushed reaches the file, block by block, and the rest
is gone. An honest disk keeps what was flushed; a lying one, as a bad SD card does, says yes to a
flush and writes when it likes.
"""

import os
import random
import signal
import socket
import struct
import sys
import time
from io import BufferedRWPair
from pathlib import Path
from typing import Final, NoReturn

BLOCK_BYTES: Final = 4096
LYING_S: Final = 5.0
"""How long a lying disk keeps all to itself."""

# The protocol's numbers (NBD, doc/proto.md).
_MAGIC: Final = b"NBDMAGICIHAVEOPT"
_OPTION_REPLY: Final = 0x3E889045565A9
_REQUEST: Final = struct.Struct(">IHHQQI")
_REPLY: Final = struct.Struct(">IIQ")
_REPLY_MAGIC: Final = 0x67446698
_FIXED_NO_ZEROES: Final = 3
_HAS_FLUSH_AND_FUA: Final = 1 | 4 | 8
_EXPORT_NAME, _ABORT, _INFO, _GO = 1, 2, 6, 7
_ACK, _INFORM, _UNSUPPORTED = 1, 3, 0x80000001
_READ, _WRITE, _DISCONNECT, _FLUSH = range(4)
_FUA: Final = 1


class Disk:
    """One file behind a cache."""

    def __init__(self, path: Path, *, lies: bool, seed: int) -> None:
        self._file = os.open(path, os.O_RDWR)
        self.size = os.fstat(self._file).st_size
        self._lies = lies
        self._chance = random.Random(seed)
        self._cached: dict[int, bytes] = {}
        self._written_s = time.monotonic()

    def read(self, offset: int, length: int) -> bytes:
        first, last = offset // BLOCK_BYTES, (offset + length + BLOCK_BYTES - 1) // BLOCK_BYTES
        found = b"".join(self._block(number) for number in range(first, last))
        return found[offset % BLOCK_BYTES :][:length]

    def write(self, offset: int, data: bytes, *, at_once: bool) -> None:
        touched, done = [], 0
        while done < len(data):
            number, start = divmod(offset + done, BLOCK_BYTES)
            length = min(BLOCK_BYTES - start, len(data) - done)
            block = bytearray(self._block(number))
            block[start : start + length] = data[done : done + length]
            self._cached[number] = bytes(block)
            touched.append(number)
            done += length
        if at_once and not self._lies:
            self._keep(touched)
        self._write_when_it_likes()

    def flush(self) -> None:
        if self._lies:
            self._write_when_it_likes()
        else:
            self._keep(list(self._cached))

    def lose_power(self) -> int:
        """Keep a random half of what was not flushed; return how many blocks were lost."""
        kept = [number for number in self._cached if self._chance.random() < 0.5]
        self._chance.shuffle(kept)
        self._keep(kept)
        return len(self._cached)

    def _write_when_it_likes(self) -> None:
        if self._lies and time.monotonic() - self._written_s > LYING_S:
            self._keep(list(self._cached))
            self._written_s = time.monotonic()

    def _block(self, number: int) -> bytes:
        cached = self._cached.get(number)
        return os.pread(self._file, BLOCK_BYTES, number * BLOCK_BYTES) if cached is None else cached

    def _keep(self, numbers: list[int]) -> None:
        for number in numbers:
            os.pwrite(self._file, self._cached.pop(number), number * BLOCK_BYTES)


def serve(disk: Disk, address: str) -> None:
    """Serve one client until it is gone, then wait for the power cut."""

    def cut(*_: object) -> NoReturn:
        print(f"{disk.lose_power()} blocks lost", flush=True)
        os._exit(0)

    signal.signal(signal.SIGTERM, cut)
    Path(address).unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen(1)
        client, _ = listening.accept()
    stream = client.makefile("rwb")
    try:
        _agree(disk, stream)
        while True:
            _answer(disk, stream)
    except (OSError, EOFError):
        while True:  # a signal that comes just before signal.pause() would be waited out
            time.sleep(0.1)


def _agree(disk: Disk, stream: BufferedRWPair) -> None:
    """Settle what is served, before the first request."""
    _say(stream, _MAGIC + struct.pack(">H", _FIXED_NO_ZEROES))
    _take(stream, 4)
    while True:
        _take(stream, 8)
        option, length = struct.unpack(">II", _take(stream, 8))
        _take(stream, length)
        if option == _EXPORT_NAME:
            _say(stream, struct.pack(">QH", disk.size, _HAS_FLUSH_AND_FUA))
            return
        if option in {_INFO, _GO}:
            export = struct.pack(">HQH", 0, disk.size, _HAS_FLUSH_AND_FUA)
            _say(stream, _reply(option, _INFORM, export) + _reply(option, _ACK))
            if option == _GO:
                return
        elif option == _ABORT:
            raise EOFError
        else:
            _say(stream, _reply(option, _UNSUPPORTED))


def _reply(option: int, kind: int, data: bytes = b"") -> bytes:
    return struct.pack(">QIII", _OPTION_REPLY, option, kind, len(data)) + data


def _answer(disk: Disk, stream: BufferedRWPair) -> None:
    _, flags, kind, handle, offset, length = _REQUEST.unpack(_take(stream, _REQUEST.size))
    answer = b""
    if kind == _READ:
        answer = disk.read(offset, length)
    elif kind == _WRITE:
        disk.write(offset, _take(stream, length), at_once=bool(flags & _FUA))
    elif kind == _FLUSH:
        disk.flush()
    elif kind == _DISCONNECT:
        raise EOFError
    _say(stream, _REPLY.pack(_REPLY_MAGIC, 0, handle) + answer)


def _take(stream: BufferedRWPair, length: int) -> bytes:
    taken = stream.read(length)
    if len(taken) < length:
        raise EOFError
    return taken


def _say(stream: BufferedRWPair, data: bytes) -> None:
    stream.write(data)
    stream.flush()


if __name__ == "__main__":
    name, where, mode, number = sys.argv[1:5]
    serve(Disk(Path(name), lies=mode == "lying", seed=int(number)), where)
