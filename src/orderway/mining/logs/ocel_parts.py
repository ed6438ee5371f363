"""What the readers of the four forms of OCEL gather: events, objects, relations; and what does not fit together, counted."""

from __future__ import annotations

import numpy as np

from orderway.mining.log import Coded, Finding
from orderway.mining.logs.column import Column
from orderway.mining.logs.sparse import Sparse, as_column
from orderway.mining.ocel import ObjectLog


class Gathering:
    """Events, objects and relations as they come."""

    def __init__(self) -> None:
        self.types: dict[str, int] = {}
        self.objects: dict[str, int] = {}
        self.types_of_objects: list[int] = []
        self.event_types: dict[str, int] = {}
        self.types_of_events: list[int] = []
        self.times: list[str] = []
        self.pairs: list[tuple[int, str]] = []
        self.attributes = Sparse()
        self.twice = 0

    def object_type(self, name: str) -> None:
        """Declare a type of objects."""
        self.types.setdefault(name, len(self.types))

    def object(self, key: str, kind: str) -> None:
        """An object; the same key twice is counted, the first holds."""
        if key in self.objects:
            self.twice += 1
            return
        self.objects[key] = len(self.objects)
        self.types_of_objects.append(self.types.setdefault(kind, len(self.types)))

    def event(self, kind: str, time: str) -> int:
        """An event; the answer is its place."""
        self.types_of_events.append(self.event_types.setdefault(kind, len(self.event_types)))
        self.times.append(time)
        return len(self.times) - 1

    def relation(self, event: int, key: str) -> None:
        """The event concerns the object."""
        self.pairs.append((event, key))

    def log(self, form: str, findings: tuple[Finding, ...]) -> ObjectLog:
        """All of it as arrays."""
        known = [(event, self.objects[key]) for event, key in self.pairs if key in self.objects]
        lost = len(self.pairs) - len(known)
        related = np.array(known, dtype=np.int64).reshape(-1, 2)
        said = [Finding("unknown_objects", lost, left_out=True)] if lost else []
        said += [Finding("objects_twice", self.twice)] if self.twice else []
        return ObjectLog(
            format=form,
            activities=Coded(np.array(self.types_of_events, dtype=np.int32), list(self.event_types)),
            times=Column.of(self.times),
            objects=tuple(self.objects),
            object_types=Coded(np.array(self.types_of_objects, dtype=np.int32), list(self.types)),
            related_events=related[:, 0],
            related_objects=related[:, 1],
            attributes={name: as_column(*pair) for name, pair in self.attributes.columns(len(self.times)).items()},
            findings=(*findings, *said),
        )
