"""Descriptors: exact products, colours that exposure leaves alone, shifts that match."""

import numpy as np

from reelwise.analysis.shots.descriptors import SHIFTS, THUMBNAIL_HW, describe


def thumbnails(num_frames: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (num_frames, *THUMBNAIL_HW, 3), np.uint8)


def test_products_of_cells_are_the_exact_sums() -> None:
    frames = thumbnails(2)
    cells = describe(frames).cells
    product = np.einsum("cd,cd->c", cells[0], cells[1]).sum(dtype=np.float64)
    centred = frames.astype(np.int64) - 128
    assert product == (centred[0] * centred[1]).sum()
    assert np.einsum("cd,cd->c", cells[0], cells[0]).max() < 2**24


def test_a_frame_is_like_itself_in_everything() -> None:
    descriptors = describe(thumbnails(3))
    for vectors in (descriptors.colors, descriptors.chroma, descriptors.edges):
        np.testing.assert_allclose((vectors * vectors).sum(axis=1), 1, rtol=1e-5)


def test_half_the_light_leaves_chroma_and_edges_alone_and_changes_the_colours() -> None:
    bright = np.random.default_rng(1).integers(120, 250, (1, *THUMBNAIL_HW, 3), np.uint8)
    before, after = describe(bright), describe((bright * 0.5).astype(np.uint8))
    assert (before.chroma * after.chroma).sum() > 0.85
    assert (before.edges * after.edges).sum() > 0.99
    assert (before.colors * after.colors).sum() < 0.3


def test_a_moved_picture_matches_at_its_shift() -> None:
    frame = thumbnails(1)
    moved = np.roll(frame, (-4, 8), axis=(1, 2))  # two and four pixels at half size
    products = describe(moved).at_shifts[0] @ describe(frame).inner[0]
    assert SHIFTS[int(products.argmax())] == (-2, 4)
    assert products.max() > 0.9


def test_parts_put_together_are_the_whole() -> None:
    frames = thumbnails(5)
    whole = describe(frames)
    both = describe(frames[:2]).followed_by(describe(frames[2:]))
    assert len(both) == 5
    np.testing.assert_array_equal(both.cells, whole.cells)
    np.testing.assert_array_equal(both.part(1, 3).levels, whole.levels[1:3])
