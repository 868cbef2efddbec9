import numpy as np
import pytest

from reelwise.core.pieces import Pieces


@pytest.mark.parametrize("block", [1, 2, 5, 100])
def test_pieces_are_the_same_whatever_blocks_come(block: int) -> None:
    rows = np.arange(46).reshape(23, 2)
    pieces = Pieces(5)
    whole = [piece for place in range(0, 23, block) for piece in pieces.push(rows[place : place + block])]
    assert [len(piece) for piece in whole] == [5] * 4
    assert pieces.num_waiting == 3
    rest = pieces.rest()
    assert np.array_equal(np.concatenate([*whole, rest]), rows)
    assert pieces.num_waiting == 0


def test_where_nothing_waits_there_is_no_rest() -> None:
    pieces = Pieces(2)
    assert pieces.rest() is None
    assert len(list(pieces.push(np.zeros(4)))) == 2
    assert pieces.rest() is None
