"""The devices of a session: CPUs of this process."""

from __future__ import annotations

import zlib
from typing import Any

_MEMORY = 1 << 28


class Device:
    """One device of `Session.list_devices()`: its name, type ("CPU"), memory limit in bytes, and a number of this incarnation."""

    def __init__(self, name: str, device_type: str, memory_limit_bytes: int, incarnation: int) -> None:
        self.name = name
        self.device_type = device_type
        self.memory_limit_bytes = memory_limit_bytes
        self.incarnation = incarnation

    def __repr__(self) -> str:
        return f"_DeviceAttributes({self.name}, {self.device_type}, {self.memory_limit_bytes}, {self.incarnation})"


def devices_of(config: Any) -> list[Device]:
    """Returns one CPU, or as many as `config.device_count["CPU"]` says. They stand for one processor and differ in name only."""
    count = 1
    if config is not None and "CPU" in config.device_count:
        count = max(1, config.device_count["CPU"])
    names = [f"/job:localhost/replica:0/task:0/device:CPU:{index}" for index in range(count)]
    return [Device(name, "CPU", _MEMORY, zlib.crc32(name.encode())) for name in names]
