"""A broker that only knows MQTT 3.1.1: a door in front of a real one."""

import socket
import threading
from contextlib import suppress
from typing import Self

from sim.broker import ADDRESS


class OldBroker:
    """A proxy that rejects MQTT 5 as a broker of 3.1.1 does: CONNACK 1, then close."""

    def __init__(self, port: int) -> None:
        self._behind = port
        self._server = socket.create_server((ADDRESS, 0))
        self._server.settimeout(0.1)
        self.port = self._server.getsockname()[1]
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._serve)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._server.close()

    def _serve(self) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                client, _ = self._server.accept()
                self._threads.append(threading.Thread(target=self._exchange, args=(client,)))
                self._threads[-1].start()

    def _exchange(self, client: socket.socket) -> None:
        with client:
            hello = client.recv(4096)
            if hello[hello.index(b"MQTT") + 4] == 5:  # the protocol level follows the name
                client.sendall(bytes([0x20, 2, 0, 1]))
                return
            with socket.create_connection((ADDRESS, self._behind)) as behind:
                behind.sendall(hello)
                back = threading.Thread(target=self._pump, args=(behind, client))
                back.start()
                self._pump(client, behind)
                back.join()

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        source.settimeout(0.1)
        while not self._stop.is_set():
            with suppress(TimeoutError):
                data = source.recv(65536)
                if not data:
                    return
                target.sendall(data)
