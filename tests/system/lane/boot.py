"""Run a command under the lane's kernel: real system calls, a real GPIO character device, no root and no Pi.

    python tests/system/lane/boot.py [options] -- COMMAND ...

The command sees the files of this machine, read-only, in the current folder; /run/lane can be written. Its output and
its exit status are given on. With --virtual-time a sleep costs nothing. With --hx711 there are also virtual converters
behind a virtio GPIO chip, /dev/gpiochip0, on the same virtual time.
"""

import argparse
import contextlib
import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parents[2]
VIRTIO_ID_GPIO: Final = 41
KERNEL_ARGUMENTS: Final = "mem=192M root=/dev/root rootfstype=hostfs rootflags=/ ro con=null con0=null,fd:1 quiet"


def main() -> int:
    """Boot, run, power off."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--virtual-time", action="store_true", help="time passes only while everybody sleeps")
    ask.add_argument("--hx711", metavar="ARGS", help="virtual converters; ARGS are options of hx711_device.py")
    ask.add_argument("--limit", type=float, default=120.0, metavar="S", help="pull the plug after so many real seconds")
    ask.add_argument("command", nargs="+")
    asked = ask.parse_args()
    built = subprocess.run([HERE / "kernel.sh", "path"], stdout=subprocess.PIPE, text=True, check=False)
    if built.returncode:
        return built.returncode
    # All on one core: a request to a converter takes twice as long when kernel and converter run on two.
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory(prefix="acumat-lane.") as name:
        folder = Path(name)
        prepare(folder, asked.command)
        arguments = [built.stdout.strip(), *KERNEL_ARGUMENTS.split(), f"init={folder}/init.sh"]
        arguments += [f"uml_dir={folder}/uml/", "umid=lane"]
        if asked.hx711 is None:
            arguments += ["time-travel=inf-cpu"] if asked.virtual_time else []
            late = run(arguments, folder, asked.limit)
        else:
            with converters(folder, shlex.split(asked.hx711)) as more:
                late = run([*arguments, *more], folder, asked.limit)
        return report(folder, late)


def prepare(folder: Path, command: list[str]) -> None:
    """Write what the first process of the guest reads, and the files that it fills."""
    shutil.copy(HERE / "init.sh", folder)
    path, search = shlex.quote(str(Path.cwd())), shlex.quote(str(ROOT))
    (folder / "command").write_text(f"cd {path} && PYTHONPATH={search} {shlex.join(command)}\n")
    for name in ("stdout", "stderr", "status"):
        (folder / name).touch()
    (folder / "uml").mkdir()


@contextlib.contextmanager
def converters(folder: Path, options: list[str]) -> Iterator[list[str]]:
    """Have the virtual converters running; gives the kernel's arguments for them."""
    device, time = folder / "device", folder / "time"
    program = [sys.executable, "-m", "tests.system.lane.hx711_device", str(device), str(time), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(program, stdout=subprocess.PIPE, env=environment) as process:
        if not process.stdout or not process.stdout.readline():  # a line says that the sockets are there
            sys.exit("boot.py: the virtual converters did not start")
        yield [f"virtio_uml.device={device}:{VIRTIO_ID_GPIO}", f"time-travel=ext:{time}"]
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)  # it ends by itself when the guest has left, and writes its truth first
        process.terminate()


def run(arguments: list[str], folder: Path, limit_s: float) -> bool:
    """Run the kernel to its end. True: it had to be stopped."""
    late = False
    with (folder / "console").open("w") as console:
        guest = subprocess.Popen(
            arguments, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True
        )
        try:
            guest.wait(limit_s)
        except subprocess.TimeoutExpired:
            late = True
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(guest.pid, signal.SIGKILL)  # its helper processes too
            guest.wait()
    return late


def report(folder: Path, late: bool) -> int:
    """Print the output of the command; the kernel's own words only when there is no status."""
    sys.stdout.write((folder / "stdout").read_text())
    sys.stderr.write((folder / "stderr").read_text())
    status = (folder / "status").read_text()
    if not late and status:
        return int(status)
    what = "no end within the limit" if late else "the kernel stopped"
    sys.stderr.write(f"boot.py: {what}\n{(folder / 'console').read_text()}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
