"""The pretended GPIO character device: as strict as the kernel's, and a door to the virtual converters."""

import errno

from firmware.drivers import gpio_device as uapi
from firmware.drivers.direct import DirectSource
from firmware.drivers.gpiochip import GpiochipLines
from hardware import board as boards
from sim.chips.virtual_gpiochip import CellPins, VirtualGpioChip, VirtualGpioKernel, VirtualWireClock
from sim.chips.virtual_mat import virtual_lines
from sim.frames import Bench
from sim.people import story as stories

BOARD = boards.load_board()
PATH = "/dev/gpiochip0"


# The pretended device has to refuse what the kernel refuses, or the driver's tests would prove nothing.
def test_pretended_device_is_as_strict_as_the_kernel() -> None:
    kernel = VirtualGpioKernel({PATH: VirtualGpioChip()})
    fd = kernel.open(PATH)

    def number(fd: int, request: int, argument: bytearray | bytes) -> int | None:
        try:
            kernel.ioctl(fd, request, argument)
        except OSError as error:
            return error.errno
        return None

    def take(offsets: list[int], flags: int) -> bytearray:
        padded = offsets + [0] * (64 - len(offsets))
        return bytearray(uapi.LINE_REQUEST.pack(*padded, b"test", flags, len(offsets), 0))

    assert number(fd, uapi.GET_LINE, take([58], uapi.FLAG_INPUT)) == errno.EINVAL
    assert number(fd, uapi.GET_LINE, take([2], uapi.FLAG_INPUT | uapi.FLAG_OUTPUT)) == errno.EINVAL
    assert number(fd, uapi.GET_LINE, take([2, 2], uapi.FLAG_INPUT)) == errno.EBUSY
    assert number(fd, uapi.GET_CHIPINFO, bytes(68)) == errno.EFAULT
    assert number(fd, uapi.GET_CHIPINFO, bytearray(67)) == errno.EFAULT
    assert number(fd, uapi.GET_VALUES, bytearray(16)) == errno.EINVAL
    assert number(fd, uapi.GET_LINEINFO, bytearray(uapi.LINE_INFO.pack(b"", b"", 58, 0, 0))) == errno.EINVAL
    request = take([2], uapi.FLAG_INPUT)
    assert number(fd, uapi.GET_LINE, request) is None
    line = uapi.LINE_REQUEST.unpack(request)[-1]
    assert number(line, uapi.SET_VALUES, uapi.LINE_VALUES.pack(1, 1)) == errno.EPERM
    assert number(line, uapi.GET_VALUES, bytearray(16)) == errno.EINVAL
    assert number(line, uapi.GET_VALUES, uapi.LINE_VALUES.pack(0, 1)) == errno.EFAULT
    assert number(line, uapi.GET_CHIPINFO, bytearray(uapi.CHIP_INFO.size)) == errno.EINVAL


# A person lies on twelve virtual converters behind the pretended device: the driver gets frame by frame what it gets
# from the converters without a device between.
def test_frames_are_those_of_the_wires() -> None:
    def bench() -> Bench:
        return Bench(stories.load_story("quick"), BOARD, seed=3)

    plain_wires, wires = virtual_lines(bench()), virtual_lines(bench())
    for bank in range(len(BOARD.sck_bcm)):
        plain_wires.set_sck(bank, level=False)  # the device does that when the clock lines are taken
    plain = DirectSource(plain_wires, BOARD)
    chip = VirtualGpioChip(soldered=CellPins(BOARD, wires))
    kernel = VirtualGpioKernel({PATH: chip})
    through = DirectSource(GpiochipLines(BOARD, kernel=kernel, clock=VirtualWireClock(wires)), BOARD)
    good = 0
    for _ in range(110):  # the periods are learned within 64 frames
        expected, frames = plain.read(1.0), through.read(1.0)
        assert expected is not None
        assert frames is not None
        assert frames.t_ns.tolist() == expected.t_ns.tolist()
        assert frames.counts.tolist() == expected.counts.tolist()
        assert frames.status.tolist() == expected.status.tolist()
        good += not frames.status.any()
    assert good >= 40
    assert chip.get_values == wires.operations.reads
    through.close()
