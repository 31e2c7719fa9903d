"""Device names: `/job:worker/replica:0/task:1/device:GPU:0`, any part of which may be left open.

tfmini keeps devices as names that belong to the graph; kernels run on the CPU.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

_PART = re.compile(r"^(job|replica|task|device|cpu|gpu):(.+)$", re.IGNORECASE)


class DeviceName(NamedTuple):
    """The parts of a device name; None for a part that is left open."""

    job: str | None = None
    replica: int | None = None
    task: int | None = None
    device_type: str | None = None
    device_index: int | None = None

    def merged_over(self, other: DeviceName) -> DeviceName:
        """Returns this name with the parts that it leaves open taken from `other`."""
        parts: list[Any] = [mine if mine is not None else theirs for mine, theirs in zip(self, other, strict=True)]
        if self.device_type is not None and self.device_index is None and self.device_type != other.device_type:
            parts[4] = None
        return DeviceName(*parts)

    def __str__(self) -> str:
        text = ""
        if self.job is not None:
            text += f"/job:{self.job}"
        if self.replica is not None:
            text += f"/replica:{self.replica}"
        if self.task is not None:
            text += f"/task:{self.task}"
        if self.device_type is not None:
            index = "*" if self.device_index is None else str(self.device_index)
            text += f"/device:{self.device_type}:{index}"
        return text


def parse(name: str) -> DeviceName:
    """Reads a device name. Raises ValueError when it is none."""
    parts: dict[str, Any] = {}
    for piece in name.split("/"):
        if not piece:
            continue
        match = _PART.match(piece)
        if match is None:
            raise ValueError(
                f"Unknown attribute '{piece.split(':')[0]}' is encountered while parsing the device spec: '{name}'."
            )
        key, value = match[1].lower(), match[2]
        if key == "job":
            parts["job"] = value
        elif key in ("replica", "task"):
            parts[key] = _number(value, name)
        else:
            kind, _, index = value.partition(":") if key == "device" else (key, "", value)
            parts["device_type"] = kind.upper()
            parts["device_index"] = None if index in ("", "*") else _number(index, name)
    return DeviceName(**parts)


def _number(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError(f"Unknown attribute: '{text}' is no number in device '{name}'.") from None


def merge(inner: str, outer: str) -> str:
    """Returns `inner` with what it leaves open taken from `outer`, in canonical form."""
    return str(parse(inner).merged_over(parse(outer))) if outer else str(parse(inner))


def canonical(name: str) -> str:
    """Returns the canonical form of a device name."""
    return str(parse(name))
