"""The gpiochip backend against a pretended character device; tests/system has the same against a real kernel."""

import dataclasses
import errno
import os
from functools import partial

import pytest

from firmware import ports
from firmware.drivers import gpio_device as uapi
from firmware.drivers.bank import banks_of
from firmware.drivers.direct import DirectSource
from firmware.drivers.gpio_device import LinuxKernel
from firmware.drivers.gpiochip import GpiochipLines
from firmware.enums import Status
from firmware.errors import DriverError
from hardware import board as boards
from sim.chips.virtual_gpiochip import CellPins, UnconnectedPins, VirtualGpioChip, VirtualGpioKernel, VirtualWireClock
from sim.chips.wires import VirtualLines
from tests.doubles.chip_truth import scrambled_chips

BOARD = boards.load_board()
PATH = "/dev/gpiochip0"


class Word:
    """Twelve data lines whose levels are set by hand, and a list of the edges that came."""

    def __init__(self) -> None:
        self.levels = 0
        self.edges: list[tuple[int, bool]] = []

    def read_all(self) -> int:
        """Return the levels as set."""
        return self.levels

    def set_sck(self, bank: int, *, level: bool) -> None:
        """Note an edge."""
        self.edges.append((bank, level))

    def now_ns(self) -> int:
        """Stand still."""
        return 0

    def sleep_ns(self, duration_ns: int) -> None:
        """Never be asked."""
        raise AssertionError(duration_ns)

    def close(self) -> None:
        """Never be asked."""
        raise AssertionError


def one_chip(**changes: object) -> tuple[VirtualGpioKernel, VirtualGpioChip]:
    chip = dataclasses.replace(VirtualGpioChip(), **changes)  # type: ignore[arg-type]
    return VirtualGpioKernel({PATH: chip}), chip


def fail(number: int) -> None:
    raise OSError(number, os.strerror(number))


def refusal(kernel: VirtualGpioKernel, path: str | None = None) -> str:
    with pytest.raises(DriverError) as caught:
        GpiochipLines(BOARD, path, kernel=kernel)
    assert kernel.open_count == 0, "a failed set-up keeps no descriptor and no line"
    assert "\n" not in str(caught.value)
    return str(caught.value)


# Sizes and offsets of the kernel header; a wrong one would overwrite the next field.
def test_structures_are_those_of_the_kernel_header() -> None:
    assert (uapi.CHIP_INFO.size, uapi.LINE_INFO.size, uapi.LINE_REQUEST.size, uapi.LINE_VALUES.size) == (
        68,
        256,
        592,
        16,
    )
    for number, layout in (
        (uapi.GET_CHIPINFO, uapi.CHIP_INFO),
        (uapi.GET_LINEINFO, uapi.LINE_INFO),
        (uapi.GET_LINE, uapi.LINE_REQUEST),
        (uapi.GET_VALUES, uapi.LINE_VALUES),
        (uapi.SET_VALUES, uapi.LINE_VALUES),
    ):
        assert number >> 16 & 0x3FFF == layout.size
    packed = uapi.LINE_REQUEST.pack(*range(1, 65), b"consumer", 0x1122334455667788, 12, -7)
    assert packed[:8] == b"\1\0\0\0\2\0\0\0"
    assert packed[256:264] == b"consumer"
    assert packed[288:296] == (0x1122334455667788).to_bytes(8, "little")
    assert packed[560:564] == b"\14\0\0\0"
    assert packed[588:] == (-7).to_bytes(4, "little", signed=True)
    assert not any(packed[296:560])
    assert not any(packed[564:588])


# The firmware starts on a Pi 4: twelve inputs with pull-ups in one request, four low clocks in another.
def test_lines_are_taken_with_pulls_and_clocks_low() -> None:
    kernel, chip = one_chip(soldered=UnconnectedPins())
    lines = GpiochipLines(BOARD, kernel=kernel)
    for cell in BOARD.cells:
        assert chip.flags[cell.dout_bcm] == uapi.FLAG_INPUT | uapi.FLAG_PULL_UP
    assert isinstance(chip.soldered, UnconnectedPins)
    assert chip.soldered.driven == dict.fromkeys(BOARD.sck_bcm, 0)
    assert set(chip.held.values()) == {"acumat"}
    assert kernel.open_count == 2
    assert lines.read_all() == 0xFFF, "with no board plugged in every line is pulled up: never ready"
    lines.close()


# Bit i must be cell i and clock b must be bank b whatever the pins are; each is exactly one call.
def test_each_bit_is_its_cell_and_each_edge_its_bank() -> None:
    word = Word()
    kernel, chip = one_chip(soldered=CellPins(BOARD, word))
    lines = GpiochipLines(BOARD, kernel=kernel)
    word.edges.clear()
    for cell in range(12):
        word.levels = 1 << cell
        assert lines.read_all() == 1 << cell
    for bank in range(4):
        lines.set_sck(bank, level=True)
        lines.set_sck(bank, level=False)
    assert word.edges == [(bank, level) for bank in range(4) for level in (True, False)]
    assert (chip.get_values, chip.set_values) == (12, 8)
    lines.close()


# Chip numbers move between models and kernels, labels do not: the one with the pins is found behind others.
@pytest.mark.parametrize("label", uapi.CHIP_LABELS)
def test_chip_is_found_by_its_label(label: str) -> None:
    kernel = VirtualGpioKernel(
        {PATH: VirtualGpioChip(label="raspberrypi-exp-gpio", size=8), "/dev/gpiochip4": VirtualGpioChip(label=label)}
    )
    lines = GpiochipLines(BOARD, kernel=kernel)
    assert lines.chip_path == "/dev/gpiochip4"
    lines.close()
    assert kernel.open_count == 0


# A chip of another make is used when its path is given: the owner knows better than a list of labels.
def test_path_wins_over_label() -> None:
    kernel, chip = one_chip(label="virtio0", size=28)
    lines = GpiochipLines(BOARD, PATH, kernel=kernel)
    assert chip.held
    lines.close()


# SPI is switched on by mistake and holds a data line: the text has the line, the holder and the remedy.
def test_busy_lines_are_named_with_their_holders() -> None:
    kernel, _ = one_chip(held={8: "spi0 CS0", 7: "spi0 CS1", 2: "other"})
    assert refusal(kernel) == (
        "spi0 CS0 holds GPIO 8 (data of cell C1); spi0 CS1 holds GPIO 7 (data of cell C2); "
        "set dtparam=spi=off in /boot/firmware/config.txt and restart the Pi"
    )


# A clock line is busy: the data lines that were already taken are given back.
def test_busy_clock_releases_the_data_lines() -> None:
    kernel, chip = one_chip(held={BOARD.sck_bcm[1]: ""})
    text = refusal(kernel)
    assert f"the kernel holds GPIO {BOARD.sck_bcm[1]} (clock 1); stop that program" in text
    assert list(chip.held) == [BOARD.sck_bcm[1]]


# Two copies of the firmware: the second reports in one line that the first holds the lines.
def test_second_instance_reports_the_first() -> None:
    kernel, _ = one_chip()
    lines = GpiochipLines(BOARD, kernel=kernel)
    with pytest.raises(DriverError) as caught:
        GpiochipLines(BOARD, kernel=kernel)
    assert str(caught.value) == (
        "acumat holds GPIO 27 (data of cell A1), GPIO 22 (data of cell A2), GPIO 23 (data of cell A3) and 9 more; "
        "another copy is running, stop that one first (sudo systemctl stop acumat)"
    )
    lines.close()
    GpiochipLines(BOARD, kernel=kernel).close()


# Each way a chip can be inaccessible is one line with the problem and the remedy.
@pytest.mark.parametrize(
    ("number", "fact", "remedy"),
    [
        (errno.EACCES, "permission denied for this user", "usermod -aG gpio"),
        (errno.EPERM, "is not accessible to this service", "DeviceAllow"),
        (errno.ENODEV, "was removed", "start again"),
        (errno.EMFILE, "cannot be opened: Too many open files", "ls -l /dev/gpiochip*"),
    ],
)
def test_chip_that_does_not_open(number: int, fact: str, remedy: str) -> None:
    kernel, _ = one_chip(refuses=number)
    text = refusal(kernel, PATH)
    assert text.startswith(f"{PATH} {fact}")
    assert remedy in text


# The search must not report "no chip" when the reason is "no permission".
def test_search_reports_the_missing_permission() -> None:
    kernel = VirtualGpioKernel(
        {PATH: VirtualGpioChip(refuses=errno.EACCES), "/dev/gpiochip1": VirtualGpioChip(label="exp")}
    )
    assert "permission denied for this user" in refusal(kernel)


# No Pi, another board, a wrong path, a path that is something else.
def test_no_such_chip() -> None:
    assert "there is no /dev/gpiochip* at all" in refusal(VirtualGpioKernel({}))
    assert f"{PATH} is gpio-mockup" in refusal(one_chip(label="gpio-mockup")[0])
    assert "/dev/gpiochip9 does not exist" in refusal(one_chip()[0], "/dev/gpiochip9")
    assert "/dev/null is not a GPIO chip" in refusal(VirtualGpioKernel({"/dev/null": None}), "/dev/null")


# The board names a line that a small chip does not have: the error has the cell and the range of the chip.
def test_line_out_of_range() -> None:
    text = refusal(one_chip(size=27)[0])
    assert f"{PATH} (pinctrl-bcm2711) has lines 0 to 26, not GPIO 27 (data of cell A1)" in text


# The chip leaves while its lines are held: every call fails, and closing releases the rest.
def test_chip_removed_in_use() -> None:
    word = Word()
    kernel, chip = one_chip(soldered=CellPins(BOARD, word))
    lines = GpiochipLines(BOARD, kernel=kernel)
    assert lines.read_all() == 0
    chip.gone = True
    with pytest.raises(OSError, match="No such device"):
        lines.set_sck(0, level=True)
    with pytest.raises(OSError, match="No such device"):
        lines.read_all()
    lines.close()
    assert kernel.open_count == 0


# It leaves while twelve converters are read through it: frames continue, all stale, then one line reports it.
def test_reader_reports_a_removed_chip() -> None:
    wires = VirtualLines(scrambled_chips(12, 80, seed=1), banks_of(BOARD))
    kernel, chip = one_chip(soldered=CellPins(BOARD, wires))
    source = DirectSource(GpiochipLines(BOARD, kernel=kernel, clock=VirtualWireClock(wires)), BOARD)
    for _ in range(60):
        good = source.read(1.0)
    assert good is not None
    assert not good.status.any()
    chip.gone = True
    gone_ns = wires.t_ns
    blocks = ports.blocks_of(source, lambda: wires.t_ns > gone_ns + 2_000_000_000)
    statuses: list[list[int]] = []
    with pytest.raises(DriverError) as caught:
        statuses.extend(block.status[0].tolist() for block in blocks)
    assert str(caught.value) == "the lines of the cells went away while they were in use (No such device)"
    assert wires.t_ns - gone_ns == pytest.approx(1_000_000_000, abs=40_000_000)
    assert len(statuses) > 40
    assert all(status == [Status.STALE] * 12 for status in statuses)
    source.close()
    assert kernel.open_count == 0


# After close the descriptor numbers belong to others: nothing may reach them.
def test_closed_lines_touch_nothing() -> None:
    word = Word()
    kernel, chip = one_chip(soldered=CellPins(BOARD, word))
    lines = GpiochipLines(BOARD, kernel=kernel)
    lines.set_sck(2, level=True)
    lines.close()
    assert word.edges[-4:] == [(bank, False) for bank in range(4)], "clocks are left low: the chips stay powered"
    assert chip.held == {}
    calls = chip.get_values, chip.set_values
    lines.close()
    for use in (lines.read_all, partial(lines.set_sck, 2, level=True)):
        with pytest.raises(OSError, match="Bad file descriptor"):
            use()
    assert (chip.get_values, chip.set_values) == calls


# The holder of a line leaves, or the chip does, just before the question who it is; a kernel too old for the request.
def test_surprises_while_taking_lines() -> None:
    kernel, chip = one_chip(held={27: "shy"})
    kernel.before[uapi.GET_LINEINFO] = chip.held.clear
    assert "is free now; start again" in refusal(kernel)

    kernel, chip = one_chip(held={27: "shy"})
    kernel.before[uapi.GET_LINEINFO] = lambda: setattr(chip, "gone", True)
    assert "does not answer: No such device" in refusal(kernel)

    kernel, chip = one_chip()
    kernel.before[uapi.GET_LINE] = partial(fail, errno.EINVAL)
    text = refusal(kernel)
    assert "rejected GPIO 27, GPIO 22" in text
    assert "Linux 5.10 or later" in text


# The real system calls work too: the kernel reports that /dev/null is no GPIO chip.
def test_real_kernel_rejects_a_device_that_is_no_gpio_chip() -> None:
    assert all(path.startswith("/dev/gpiochip") for path in LinuxKernel().chips())
    with pytest.raises(DriverError, match="/dev/null is not a GPIO chip"):
        GpiochipLines(BOARD, "/dev/null")
    with pytest.raises(DriverError, match="/dev/gpiochip-none does not exist"):
        GpiochipLines(BOARD, "/dev/gpiochip-none")


# Time is the system's: it counts from power-on and waiting takes at least as long as asked.
def test_time_is_boottime() -> None:
    kernel, _ = one_chip()
    lines = GpiochipLines(BOARD, kernel=kernel)
    before = lines.now_ns()
    lines.sleep_ns(1_000_000)
    assert lines.now_ns() - before >= 1_000_000
    lines.close()
