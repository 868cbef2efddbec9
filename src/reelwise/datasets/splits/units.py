"""Units that stay together in a split: a group, a file, a recording under several names."""

from collections.abc import Iterable, Sequence

from reelwise.core.records import Record


def join_units(records: Sequence[Record], same: Iterable[Iterable[str]] = ()) -> tuple[str, ...]:
    """The unit that each record belongs to; a split never divides a unit.

    Args:
        records: All records.
        same: Sets of ``Record.name`` that show the same recording, as the doctor finds them.

    Returns:
        One unit per record, named after its first record in sorted order, so it does not depend on the order given.

    Example:
        >>> from pathlib import Path
        >>> rows = [Record(n, Path(n), "a", group=g) for n, g in (("1", "x"), ("2", "y"), ("3", "x"), ("4", None))]
        >>> join_units(rows, same=[("2", "4")])
        ('1', '2', '1', '2')
    """
    order = sorted(range(len(records)), key=lambda index: records[index].name)
    parent = {index: index for index in order}
    rank = {index: position for position, index in enumerate(order)}

    def top(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    def join(one: int, other: int) -> None:
        first, second = sorted((top(one), top(other)), key=rank.__getitem__)
        parent[second] = first

    first_with: dict[tuple[str, str], int] = {}
    by_name = {records[index].name: index for index in order}
    for index in order:
        record = records[index]
        keys = [("path", str(record.path))]
        if record.group:
            keys.append(("group", record.group))
        for key in keys:
            join(index, first_with.setdefault(key, index))
    for names in same:
        members = [by_name[name] for name in names if name in by_name]
        for member in members[1:]:
            join(members[0], member)
    return tuple(records[top(index)].name for index in range(len(records)))
