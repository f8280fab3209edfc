"""What the gate does in the machine: boot, camera, relay, contacts, sandbox, hang, kill, crash."""

import re
from base64 import b64encode
from pathlib import Path

from tests.rig.machine import Machine, RigError
from tests.rig.rows import (
    PULL,
    READY_S,
    RELAY,
    TRACE,
    answered,
    line_of,
    main_process,
    relay_changes,
    uptime_s,
    wait_for_answers,
    wait_until_ready,
)

MOST_EXPOSED = 1.8
"""Of systemd's 10, for the process that decides and the one that has the network."""

USB_CAMERA = Path(__file__).with_name("usb-camera")

EXIT_PIN = 18
"""Of R2, which a site has whose exit a magnet holds; this one has none."""

MARKS = ("ok", "look", "BAD", "-")
"""How the doctor begins its answer for each part."""

CARDS_ASKED = 3
"""Answers awaited: each card's first; the camera's circle is shorter than a card has to be away."""


SORTED = (
    "import numpy as n; a = n.random.default_rng(1).random((50, 300));"
    " print((n.diff(n.take_along_axis(a, a.argsort(1), 1)) >= 0).all())"
)
"""A QEMU that reckoned a processor's widest instructions wrong ended in numpy's argsort."""


def processor_is_sound(machine: Machine) -> str:
    """What is emulated sorts as metal does; else a crash says nothing of the gate."""
    said = machine.run(f"/opt/gate/bin/python -c '{SORTED}' 2>&1", 300).strip()
    assert said == "True", said
    return "sorts 50 x 300 numbers by numpy"


def boot_to_ready(machine: Machine) -> str:
    """The gate is ready by itself after power-on, at its first try."""
    ready_s = wait_until_ready(machine)
    restarts = machine.run("systemctl show -p NRestarts --value gate-unit").strip()
    assert restarts == "0", f"{restarts} restarts before READY"
    return f"{ready_s:.1f} s from kernel to READY, no restart"


def locked_until_ready(machine: Machine) -> str:
    """No line of the relay was ever high before READY, by the kernel's own trace."""
    ready_s = wait_until_ready(machine)
    early = [change for change in relay_changes(machine) if change.at_s < ready_s and change.value]
    assert not early, f"set high {len(early)} times before READY: {early[:3]}"
    return f"0 times high before READY at {ready_s:.1f} s"


def cards_are_judged(machine: Machine) -> str:
    """picamera2's frames are read; who may come in gets the relay, and nobody else."""
    found = wait_for_answers(machine, CARDS_ASKED)
    outcomes = {facts["outcome"] for facts in found}
    assert outcomes == {"admit", "refuse"}, outcomes
    admitted = sum(facts["outcome"] == "admit" for facts in found)
    highs = sum(change.value for change in relay_changes(machine))
    again = [facts for facts in answered(machine) if facts["sighting"] == "presented"]
    most = sum(facts["outcome"] == "admit" for facts in again)
    assert admitted <= highs <= most, f"{admitted} to {most} admitted, relay set high {highs} times"
    times = sorted(float(facts["ms"]) for facts in found if facts["outcome"] == "admit")
    median = times[len(times) // 2]
    return f"{len(found)} cards, {admitted} admitted; frame to relay {median:.0f} ms median"


def the_record_holds(machine: Machine) -> str:
    """The chain of the journal is whole."""
    said = machine.run("/opt/gate/bin/gate journal verify --config /etc/gate/unit.toml", 300)
    whole = re.search(r"Entries: +(.*)", said)
    assert whole is not None, said
    return f"holds: {whole[1]}"


def sandbox(machine: Machine) -> str:
    """The gate runs as its own user, without capabilities and without any network."""
    wait_until_ready(machine)
    process = main_process(machine)
    status = dict(
        re.findall(r"^(\w+):\s*(.*)$", machine.run(f"cat /proc/{process}/status"), re.MULTILINE)
    )
    assert status["CapEff"] == "0000000000000000", status["CapEff"]
    assert status["Seccomp"] == "2", status["Seccomp"]
    assert status["NoNewPrivs"] == "1"
    assert status["Uid"].split()[0] != "0"
    devices = machine.run(f"cat /proc/{process}/net/dev").splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"], devices
    sockets = machine.run(f"tail -q -n +2 /proc/{process}/net/tcp /proc/{process}/net/udp")
    assert not sockets.strip(), sockets
    resident_mb = int(status["VmRSS"].split()[0]) // 1024
    return f"no capability, seccomp, lo alone, no socket; {resident_mb} MB resident"


def units_are_sound(machine: Machine) -> str:
    """The units that run are without fault, and systemd tells how exposed they are."""
    names = "gate-unit.service gate-uplink.service"
    said = machine.run(f"systemd-analyze verify {names} 2>&1")
    assert not said.strip(), said
    levels = {name: exposure(machine, name) for name in ("gate-unit", "gate-uplink")}
    assert all(level <= MOST_EXPOSED for level in levels.values()), levels
    return ", ".join(f"{name} {level}" for name, level in levels.items())


def exposure(machine: Machine, name: str) -> float:
    """Return systemd's own figure for a service, of 10."""
    text = machine.run(f"systemd-analyze security --no-pager {name}.service | tail -n 1")
    found = re.search(r"exposure level for \S+: ([\d.]+)", text)
    assert found is not None, text
    return float(found[1])


def exit_button_tells(machine: Machine) -> str:
    """A press of the exit button reaches the record; the button itself has opened the exit."""
    machine.run(f"echo pull-down > {PULL.format(12)}; sleep 2; echo pull-up > {PULL.format(12)}")
    said = machine.run("sleep 1; journalctl -u gate-unit -o cat --no-pager | grep part=exit_button")
    return f"{len(said.splitlines())} changes seen through gpiozero"


def fire_frees(machine: Machine) -> str:
    """A fire contact that is open frees the portal and keeps it free: a cut wire is an alarm."""
    use(machine, "fire.toml")
    held = machine.run(f"sleep 5; for n in 1 2 3 4 5 6; do sleep 2; cat {RELAY}; done").split()
    alarm_s = uptime_s(machine)
    put = "cp /srv/rig/etc/unit.toml /etc/gate/; chgrp gate /etc/gate/unit.toml"
    machine.run(f"{put}; kill -KILL {main_process(machine)}; sleep 1")
    fell = machine.run(f"cat {RELAY}").strip()
    wait_until_ready(machine)
    assert held == ["1"] * 6, f"relay {held} at {alarm_s:.0f} s"
    return f"free and held for 12 s; {fell} once the gate is killed, the panel's own contact frees"


def hang_is_ended(machine: Machine) -> str:
    """A gate that hangs is started anew by systemd's watchdog."""
    wait_until_ready(machine)
    process = main_process(machine)
    start_s = uptime_s(machine)
    machine.run(f"kill -STOP {process}")
    show = "systemctl show -p MainPID --value gate-unit"
    for _ in range(30):
        if machine.run(f"sleep 5; {show}").strip() not in {process, "0"}:
            break
    else:
        raise RigError("not started anew within two minutes and a half")
    said = machine.run("journalctl -u gate-unit -o short-monotonic --no-pager | grep -i watchdog")
    stamp = re.findall(r"\[ *(\d+\.\d+)\].*atchdog", said)[-1]
    ready_s = wait_until_ready(machine)
    ended_s = float(stamp) - start_s
    return f"ended {ended_s:.1f} s after the hang, ready again {ready_s - start_s:.1f} s after it"


def kill_locks(machine: Machine) -> str:
    """A gate that is killed while the relay is on lets go of it."""
    # A gate that has just started admits the first card it sees. The shell looks by itself: a
    # program for each look would take longer than the relay is on.
    script = (
        "systemctl restart --no-block gate-unit; exec 9<> <(:);"
        f" for n in $(seq 4000); do read V < {RELAY}; [ $V = 1 ] && break; read -t 0.05 -u 9; done;"
        " P=$(systemctl show -p MainPID --value gate-unit);"
        f" kill -KILL $P; read S _ < /proc/uptime;"
        f" for n in $(seq 200); do read W < {RELAY}; [ $W = 0 ] && break; read -t 0.01 -u 9; done;"
        " read E _ < /proc/uptime; echo $V $W $S $E"
    )
    before, after, killed_s, low_s = machine.run(script, 900).split()
    assert before == "1", "no card was admitted in 4000 looks"
    assert after == "0", "the relay stayed on"
    return f"relay off within {1000 * (float(low_s) - float(killed_s)):.0f} ms"


def usb_camera(machine: Machine) -> str:
    """A V4L2 camera (vivid, fed at its output end) through PyAV, in the same sandbox."""
    with_usb_camera(machine, "/srv/frames/000.jpg")
    ready_s = use(machine, "usb.toml")
    # READY comes with the first picture, and the gate before has been gone for seconds by then.
    found = wait_for_answers(machine, 1, ready_s - 0.5)
    use(machine, "unit.toml")
    assert found[0]["outcome"] == "admit", found[0]
    return f"admitted, frame to relay {float(found[0]['ms']):.0f} ms"


def with_usb_camera(machine: Machine, picture: str) -> None:
    """Plug in a USB camera that sees a picture of the machine's."""
    script = b64encode(USB_CAMERA.read_bytes()).decode("ascii")
    machine.run(f"echo {script} | base64 -d | sh -s {picture}", 300)


def use(machine: Machine, name: str) -> float:
    """Start the gate anew by another of the site's files; return when it was ready."""
    machine.run(f"cp /srv/rig/etc/{name} /etc/gate/unit.toml; chgrp gate /etc/gate/unit.toml")
    machine.run("systemctl restart gate-unit", READY_S)
    return wait_until_ready(machine)


def uplink_starts(machine: Machine) -> str:
    """The uplink runs in its sandbox: it makes the unit's key and looks for its hub."""
    machine.run("cat /srv/rig/hub.toml >> /etc/gate/unit.toml; systemctl restart gate-uplink")
    for _ in range(40):
        text = machine.run("sleep 3; journalctl -u gate-uplink -o cat --no-pager | tail -n 30")
        if "waiting" in text:
            break
    machine.run("systemctl stop gate-uplink; cp /srv/rig/etc/unit.toml /etc/gate/")
    assert "unit key made" in text, text
    assert "waiting" in text, text
    return "key made, hub looked for, waits"


def page_answers(machine: Machine) -> str:
    """The unit's own page answers from its sandbox."""
    file = "/etc/gate/unit.toml"
    machine.run(f"printf '\\n[status]\\n' >> {file}; systemctl restart gate-status")
    ask = (
        "import urllib.request as r; print(r.urlopen('http://127.0.0.1:8080/', timeout=60).status)"
    )
    for _ in range(40):
        code, said = machine.ask(f'sleep 2; /opt/gate/bin/python -c "{ask}" 2>&1 | tail -n 1')
        if code == 0 and said.strip() == "200":
            break
    log = machine.run("journalctl -u gate-status -o cat --no-pager | tail -n 12")
    level = exposure(machine, "gate-status")
    machine.run(f"systemctl stop gate-status; cp /srv/rig/etc/unit.toml {file}")
    assert said.strip() == "200", f"{said}\n{log}"
    return f"answers 200, exposure {level}"


def doctor_looks(machine: Machine) -> str:
    """The weekly check ends in its sandbox, with an answer for every part it names."""
    machine.run("systemctl start gate-doctor", 900)
    said = machine.run("journalctl -u gate-doctor -o cat --no-pager | tail -n 60")
    assert "Traceback" not in said, said
    found = re.findall(r"^(ok|look|BAD|-) +([^:\n]+): ", said, re.MULTILINE)
    marks = {name: mark for mark, name in found}
    assert marks.get("watchdogs", "-") != "-", f"systemd was not asked\n{said}"
    assert marks.get("record", "-") != "-", said
    counted = [f"{sum(one == mark for one in marks.values())} {mark}" for mark in MARKS]
    return f"{len(marks)} parts: {', '.join(counted)} (not asked)"


def exit_is_free(machine: Machine) -> str:
    """Nothing in software can hold an exit: its relay's pin was touched by nobody, in any fault."""
    line = line_of(machine, EXIT_PIN)
    said = machine.run(f"grep -cE 'gpio_(value|direction): *{line} ' {TRACE} || true").split()[-1]
    assert said == "0", f"pin {EXIT_PIN} was touched {said} times"
    level = machine.run(f"cat {RELAY.replace('17', str(EXIT_PIN))}").strip()
    assert level == "0", level
    return f"pin {EXIT_PIN} untouched since the kernel's start, low; exits turn by themselves"


def stops_well(machine: Machine) -> str:
    """A gate that is told to stop obeys: every part of it lets go."""
    wait_until_ready(machine)
    machine.run("systemctl stop gate-unit", READY_S)
    said = machine.run("systemctl show -p Result -p ExecMainStatus gate-unit").split()
    faults = machine.run("journalctl -u gate-unit -o cat --no-pager | grep 'not ended' || true")
    machine.run("systemctl start gate-unit", READY_S)
    assert sorted(said) == ["ExecMainStatus=0", "Result=success"], f"{said}\n{faults}"
    assert not faults.strip(), faults
    return "exit code 0, no part that did not obey"


def nothing_crashed(machine: Machine) -> str:
    """Whatever was done to it, no process ended by a fault of its own memory."""
    faults = "code=dumped|status=(4|6|7|8|11)/|segfault|general protection"
    said = machine.run(f"journalctl -b -o cat --no-pager | grep -E '{faults}' || true").strip()
    assert not said, said
    return "no segmentation fault, no abort, no core"


def crash_restarts(machine: Machine) -> str:
    """A kernel that stands still is started anew by the hardware's watchdog, with the gate."""
    manager = "org.freedesktop.systemd1 /org/freedesktop/systemd1 org.freedesktop.systemd1.Manager"
    machine.run(f"busctl set-property {manager} RuntimeWatchdogUSec t 15000000")
    device = machine.run("wdctl /dev/watchdog0")
    assert "i6300ESB" in device, device
    crash_s = machine.crash()
    ready_s = wait_until_ready(machine)
    return (
        f"reset by the board's watchdog, READY {ready_s:.0f} s into that start;"
        f" the console was away for {crash_s:.0f} s of the host's"
    )
