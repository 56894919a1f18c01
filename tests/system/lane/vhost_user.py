"""The host's side of a virtio device and of the kernel's virtual time, for User-Mode Linux 6.1; no GPIO in here.

Two conversations over two sockets. On one the kernel sets up its queues and rings for each request that it has put
into the shared memory (the vhost-user protocol, with notifications inside the conversation). On the other it says
what time it is before it rings (the um_timetravel protocol, include/uapi/linux/um_timetravel.h). As the kernel
waits for the answer to a ring, the device sees every request at its exact virtual time, and the next one only after
it has answered this one.
"""

import array
import mmap
import os
import selectors
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

WALL_NS: Final = 1_767_225_600_000_000_000  # 2026-01-01, so that no run depends on the day
FOREVER: Final = (1 << 63) - 1  # nanoseconds; asking to sleep until then means that nothing can wake the guest

TIME_MESSAGE: Final = struct.Struct("=IIQ")  # operation, sequence number, nanoseconds
ACK, START, WAIT, GET, UPDATE, FREE_UNTIL, GET_TOD = 0, 1, 3, 4, 5, 7, 8

HEADER: Final = struct.Struct("=III")  # request, flags, size of what follows
VERSION, REPLY, NEED_REPLY = 1, 1 << 2, 1 << 3
GET_FEATURES, SET_MEM_TABLE, SET_VRING_NUM, SET_VRING_ADDR, GET_PROTOCOL_FEATURES = 1, 5, 8, 9, 15
SET_BACK_CHANNEL, GET_CONFIG, VRING_KICK = 21, 24, 35
FEATURES: Final = 1 << 32 | 1 << 30  # virtio 1.0; protocol features follow
PROTOCOL_FEATURES: Final = 1 << 3 | 1 << 5 | 1 << 9 | 1 << 14  # acknowledgements, back channel, config, in-band rings
VRING_CALL: Final = HEADER.pack(4, VERSION, 8) + struct.pack("=II", 0, 0)

DESCRIPTOR: Final = struct.Struct("=QIHH")  # address, length, flags, next
U16: Final = struct.Struct("=H")
U64: Final = struct.Struct("=Q")

Answer = Callable[[bytes], bytes]


class GuestTime:
    """The calendar of one guest. now_ns is the guest's time at its last ring."""

    def __init__(self) -> None:
        """Start with the guest at 0."""
        self.now_ns = 0

    def serve(self, connection: socket.socket) -> bool:
        """Answer one message; False when the guest has left, or everybody in it sleeps for good."""
        message = connection.recv(TIME_MESSAGE.size)
        if len(message) < TIME_MESSAGE.size:
            return False
        operation, number, time_ns = TIME_MESSAGE.unpack(message)
        if operation == ACK:
            return True
        if operation == START:  # it may run on its own: we never have anything to do between two of its rings
            connection.send(TIME_MESSAGE.pack(FREE_UNTIL, 0, FOREVER))
        elif operation == UPDATE:
            self.now_ns = time_ns
        answer_ns = {GET: self.now_ns, GET_TOD: WALL_NS}.get(operation, 0)
        connection.send(TIME_MESSAGE.pack(ACK, number, answer_ns))
        return bool(operation != WAIT)  # free to run and waiting all the same: nothing is left that could wake it


@dataclass(slots=True)
class _Ring:
    """One virtqueue in the guest's memory."""

    size: int = 0
    descriptors: int = 0
    used: int = 0
    available: int = 0
    done: int = 0


class Device:
    """A virtio device with one queue, whose requests are one readable and one writable buffer each."""

    def __init__(self, config: bytes, answer: Answer) -> None:
        """Make a device.

        Args:
            config: its configuration space.
            answer: called with the bytes of each request, gives the bytes of the response.
        """
        self._config = config
        self._answer = answer
        self._memory: list[tuple[int, int, mmap.mmap]] = []
        self._ring = _Ring()
        self._back = -1
        self._inbox = b""
        self._descriptors: list[int] = []

    def serve(self, connection: socket.socket) -> bool:
        """Answer what has come in; False when the guest has left."""
        data, extras, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(8 * 4))
        if not data:
            return False
        for _level, _kind, numbers in extras:
            self._descriptors += array.array("i", numbers).tolist()
        self._inbox += data
        while len(self._inbox) >= HEADER.size:
            request, flags, size = HEADER.unpack_from(self._inbox)
            end = HEADER.size + size
            if len(self._inbox) < end:
                break
            payload, self._inbox = self._inbox[HEADER.size : end], self._inbox[end:]
            reply = self._handle(request, payload)
            if reply is None and flags & NEED_REPLY:
                reply = U64.pack(0)
            if reply is not None:
                connection.send(HEADER.pack(request, VERSION | REPLY, len(reply)) + reply)
        return True

    def _handle(self, request: int, payload: bytes) -> bytes | None:
        if request == VRING_KICK:
            self._work()
        elif request == GET_FEATURES:
            return U64.pack(FEATURES)
        elif request == GET_PROTOCOL_FEATURES:
            return U64.pack(PROTOCOL_FEATURES)
        elif request == GET_CONFIG:
            offset, size, _ = HEADER.unpack_from(payload)
            return payload[: HEADER.size] + self._config.ljust(offset + size, b"\0")[offset : offset + size]
        elif request == SET_MEM_TABLE:
            (count,) = struct.unpack_from("=I", payload)
            for place in range(count):
                guest, size, _user, offset = struct.unpack_from("=QQQQ", payload, 8 + 32 * place)
                self._memory.append((guest, guest + size, mmap.mmap(self._descriptors.pop(0), size, offset=offset)))
        elif request == SET_VRING_NUM:
            self._ring.size = struct.unpack("=II", payload)[1]
        elif request == SET_VRING_ADDR:
            _, _, descriptors, used, available, _ = struct.unpack("=IIQQQQ", payload)
            self._ring.descriptors, self._ring.used, self._ring.available = descriptors, used, available
        elif request == SET_BACK_CHANNEL:
            self._back = self._descriptors.pop(0)
        return None

    def _find(self, address: int) -> tuple[mmap.mmap, int]:
        for start, end, memory in self._memory:
            if start <= address < end:
                return memory, address - start
        raise ValueError(f"the guest named address {address:#x}, which it does not share")

    def _work(self) -> None:
        """Answer all requests in the ring, then notify the guest; it reads that before our acknowledgement."""
        ring = self._ring
        memory, available = self._find(ring.available)
        used_memory, used = self._find(ring.used)
        while ring.done != U16.unpack_from(memory, available + 2)[0]:
            (head,) = U16.unpack_from(memory, available + 4 + 2 * (ring.done % ring.size))
            table, place = self._find(ring.descriptors + DESCRIPTOR.size * head)
            address, length, _, follower = DESCRIPTOR.unpack_from(table, place)
            source, start = self._find(address)
            response = self._answer(source[start : start + length])
            table, place = self._find(ring.descriptors + DESCRIPTOR.size * follower)
            target, start = self._find(DESCRIPTOR.unpack_from(table, place)[0])
            target[start : start + len(response)] = response
            struct.pack_into("=II", used_memory, used + 4 + 8 * (ring.done % ring.size), head, len(response))
            ring.done = (ring.done + 1) & 0xFFFF
            U16.pack_into(used_memory, used + 2, ring.done)
        os.write(self._back, VRING_CALL)


def listen(path: Path) -> socket.socket:
    """Make a socket that a guest can connect to."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(path))
    server.listen(1)
    return server


def serve(times: socket.socket, time: GuestTime, devices: socket.socket, device: Device) -> None:
    """Wait for one guest at two listening sockets and serve it until it leaves."""
    with selectors.DefaultSelector() as watch:
        watch.register(times.accept()[0], selectors.EVENT_READ, time.serve)
        watch.register(devices, selectors.EVENT_READ)
        while True:
            for key, _ in watch.select():
                if key.fileobj is devices:
                    watch.register(devices.accept()[0], selectors.EVENT_READ, device.serve)
                elif not key.data(key.fileobj):
                    return
