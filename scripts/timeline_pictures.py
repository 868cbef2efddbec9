"""Makes docs/pictures/timeline_*.png again: the page of a film that is drawn here, so that no one's footage is in them.

Needs Chromium and Playwright, as the browser tests do: ``.venv/bin/python scripts/timeline_pictures.py [FOLDER]``; the
folder keeps the film and its analysis.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from reelwise.core.progress import Silent
from reelwise.core.sound import Sound
from reelwise.jobs.analyze import analyze_job
from reelwise.jobs.runs.options import AnalyzeOptions
from reelwise.media.writers.writer import write_video

PICTURES = Path(__file__).parent.parent / "docs/pictures"
HEIGHT, WIDTH = 360, 640
RATE = Fraction(24)
SAMPLE_RATE = 48_000
SIZES = ((1440, 900, 1), (390, 844, 2))
"""Width and height in CSS pixels, and device pixels for each."""

ROWS, COLUMNS = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
Scene = Callable[[float], np.ndarray]
"""From seconds to a picture, (H, W, 3) float32 from 0 to 1."""


def colour(text: str) -> np.ndarray:
    """``e07a5f`` as (3,) float32."""
    return np.array(list(bytes.fromhex(text)), np.float32) / 255


def sky(top: str, bottom: str, horizon: float = 1.0) -> np.ndarray:
    """From one colour above to another at the horizon, given as a share of the height."""
    share = np.clip(ROWS / (HEIGHT * horizon), 0, 1)[..., None]
    return colour(top) * (1 - share) + colour(bottom) * share


def disc(picture: np.ndarray, centre_xy: tuple[float, float], radius: float, tone: str, glow: float = 0.0) -> None:
    """Lay a disc with soft edges, and a glow around it, onto a picture."""
    distance = np.hypot(COLUMNS - centre_xy[0], ROWS - centre_xy[1])
    alpha = np.clip(radius - distance, 0, 1) + glow * np.exp(-np.maximum(distance - radius, 0) / (radius * 1.4))
    alpha = np.clip(alpha, 0, 1)[..., None]
    picture += alpha * (colour(tone) - picture)


def ridge(picture: np.ndarray, base: float, height: float, offset: float, tone: str, seed: int) -> None:
    """Lay a range of hills onto a picture; ``offset`` in pixels moves it sideways."""
    rng = np.random.default_rng(seed)
    x = COLUMNS[0] + offset
    waves = [
        rng.uniform(0.3, 1) / k * np.sin(x * k * rng.uniform(0.004, 0.007) + rng.uniform(0, 6)) for k in range(1, 7)
    ]
    edge = base - height * np.sum(waves, axis=0)
    alpha = np.clip(ROWS - edge[None], 0, 1)[..., None]
    fade = np.clip((ROWS - edge[None]) / 200, 0, 0.35)[..., None]
    picture += alpha * (colour(tone) * (1 - fade) - picture)


def hills(seconds: float) -> np.ndarray:
    """The sun rises over hills."""
    picture = sky("2b3a67", "f6bd9a", 0.75)
    disc(picture, (430, 210 - 14 * seconds), 30, "ffe8c2", 0.55)
    for k, tone in enumerate(("7d6b91", "5b5083", "3b3a63", "1f2440")):
        ridge(picture, 225 + 34 * k, 26 + 8 * k, seconds * (5 + 9 * k), tone, 3 + k)
    return picture


def sea(seconds: float) -> np.ndarray:
    """The sun over moving water."""
    picture = sky("f2a65a", "ffe3b3", 0.55)
    disc(picture, (300, 160), 38, "fff4dc", 0.5)
    depth = np.clip((ROWS - 195) / (HEIGHT - 195), 0, 1)
    water = colour("2a7f8e") * (1 - depth[..., None]) + colour("0b2f3f") * depth[..., None]
    phase = 900 / (ROWS - 170).clip(8) * 3
    waves = np.sin(phase + 2.2 * seconds + 0.02 * COLUMNS) * np.sin(0.045 * COLUMNS * (1.4 - depth) + 1.3 * seconds)
    glitter = np.exp(-(((COLUMNS - 300) / (40 + 170 * depth)) ** 2)) * np.clip(waves, 0, 1)
    water = water + 0.10 * waves[..., None] + 0.65 * glitter[..., None] * colour("ffdf9e")
    return np.where((ROWS > 195)[..., None], water, picture)


def city(seconds: float) -> np.ndarray:
    """Lit windows at night."""
    picture = sky("0b1030", "35305e")
    disc(picture, (520, 70), 24, "eef0ff", 0.3)
    rng = np.random.default_rng(11)
    for layer, (tone, speed) in enumerate((("1a1d3f", 8), ("12142d", 20))):
        x = -40.0
        while x < WIDTH + 260:
            width, height = int(rng.integers(46, 92)), int(rng.integers(90, 210)) - 30 * layer
            building(picture, (int(x - seconds * speed), HEIGHT - height), width, tone, rng)
            x += width + rng.integers(4, 16)
    return picture


def building(picture: np.ndarray, corner_xy: tuple[int, int], width: int, tone: str, rng: np.random.Generator) -> None:
    """Lay a house with some lit windows onto a picture."""
    left, top = corner_xy
    cv2.rectangle(picture, corner_xy, (left + width, HEIGHT), colour(tone).tolist(), -1)
    for row, column in np.argwhere(rng.random((30, 12)) < 0.42):
        x, y = left + 7 + 11 * int(column), top + 9 + 14 * int(row)
        if x + 6 < left + width:
            cv2.rectangle(picture, (x, y), (x + 4, y + 6), colour("ffd27a").tolist(), -1)


def forest(seconds: float) -> np.ndarray:
    """Trunks in the fog, seen from a path."""
    picture = sky("dfe9dc", "a9c3a5")
    rng = np.random.default_rng(5)
    for layer, tone in enumerate(("9fb7a0", "7c9a83", "4f7461", "234a3d", "10281f")):
        for _ in range(9):
            width = (4 + 5 * layer) * rng.uniform(0.7, 1.4)
            x = (rng.uniform(0, 900) - seconds * (6 + 16 * layer)) % 900 - 120
            lean = rng.uniform(-12, 12)
            edge = np.abs(COLUMNS - x - lean * (1 - ROWS / HEIGHT)) - width / 2 * (0.7 + 0.3 * ROWS / HEIGHT)
            picture += np.clip(0.5 - edge, 0, 1)[..., None] * (colour(tone) - picture)
    return picture


def ball(seconds: float) -> np.ndarray:
    """A ball that bounces through a room."""
    picture = sky("f4f1ea", "d9d2c5")
    floor = 290
    picture[floor:] = colour("c8bfae")
    x, height = 80 + 150 * seconds, 180 * abs(np.cos(np.pi * seconds * 0.9)) * 0.85**seconds
    shadow = np.exp(-(((COLUMNS - x) / (46 + 0.2 * height)) ** 2 + ((ROWS - floor - 8) / 9) ** 2))
    picture *= 1 - 0.45 * shadow[..., None]
    centre = (x, floor - 44 - height)
    distance = np.hypot(COLUMNS - centre[0], ROWS - centre[1])
    light = np.clip(1.15 - np.hypot(COLUMNS - centre[0] + 16, ROWS - centre[1] + 18) / 70, 0.25, 1)[..., None]
    picture += np.clip(44 - distance, 0, 1)[..., None] * (colour("d1495b") * light + 0.12 * light**6 - picture)
    return picture


def snow(seconds: float) -> np.ndarray:
    """Snow falls on mountains."""
    picture = sky("5f7a99", "d4dfe8", 0.8)
    for k, tone in enumerate(("aebfd0", "8aa0b6", "eef3f7")):
        ridge(picture, 215 + 50 * k, 46 - 13 * k, 6 * seconds * k, tone, 21 + k)
    rng = np.random.default_rng(8)
    for _ in range(260):
        size = rng.uniform(0.8, 2.6)
        x = (rng.uniform(0, WIDTH) + 14 * np.sin(seconds + rng.uniform(0, 6)) + 10 * seconds) % WIDTH
        y = (rng.uniform(0, HEIGHT) + seconds * 34 * size) % HEIGHT
        cv2.circle(picture, (int(x), int(y)), round(size), (1, 1, 1), -1, cv2.LINE_AA)
    return picture


def dunes(seconds: float) -> np.ndarray:
    """Dunes that come nearer."""
    picture = sky("7fb2d9", "f3e3c3", 0.6)
    zoom = 1 + 0.06 * seconds
    disc(picture, (150, 80), 20 * zoom, "fffbe8", 0.35)
    for k, tone in enumerate(("e3b778", "d39b58", "b87940")):
        ridge(picture, 200 + 55 * k * zoom, (30 - 5 * k) * zoom, 40 * k, tone, 31 + k)
    return picture


SCENES: tuple[tuple[Scene, float, str, int], ...] = (
    (hills, 4.0, "cut", 0),
    (sea, 4.5, "dissolve", 20),
    (city, 3.5, "cut", 0),
    (forest, 4.0, "fade", 24),
    (ball, 3.0, "cut", 0),
    (hills, 1.5, "cut", 0),
    (snow, 4.0, "wipe", 14),
    (dunes, 3.5, "dissolve", 16),
    (sea, 2.0, "cut", 0),
)
"""Scene, seconds, and how it begins over how many frames."""


def draw_film() -> Iterator[np.ndarray]:
    """The frames, (H, W, 3) uint8."""
    rng = np.random.default_rng(1)
    for number, (scene, seconds, transition, length) in enumerate(SCENES):
        before, shown = SCENES[number - 1][:2]
        for frame in range(int(seconds * RATE)):
            picture = scene(frame / 24)
            if frame < length:
                picture = mix(before(shown + frame / 24), picture, (frame + 1) / (length + 1), transition)
            grain = rng.normal(0, 0.006, (HEIGHT, WIDTH, 1))
            yield (255 * np.clip(picture + grain, 0, 1)).astype(np.uint8)


def mix(before: np.ndarray, after: np.ndarray, share: float, transition: str) -> np.ndarray:
    """One frame of a transition; ``share`` goes from 0 to 1."""
    if transition == "fade":
        return before * (1 - 2 * share) if share < 0.5 else after * (2 * share - 1)
    if transition == "wipe":
        return np.where((share * WIDTH > COLUMNS)[..., None], after, before)
    return before * (1 - share) + after * share


def make_sound() -> Sound:
    """A chord per scene that swells, and silence in the forest."""
    rng = np.random.default_rng(2)
    parts = []
    for scene, seconds, _, _ in SCENES:
        time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        pitches = rng.choice([196.0, 220.0, 246.9, 293.7, 329.6, 392.0], 3, replace=False)
        chord = np.sum([np.sin(2 * np.pi * pitch * time) for pitch in pitches], axis=0)
        swell = np.sin(np.pi * time / seconds) * (0 if scene is forest else rng.uniform(0.04, 0.22))
        beat = 1 + 2.5 * np.exp(-14 * (time % 0.75)) if scene is ball else 1
        parts.append((chord * swell * beat).astype(np.float32).clip(-1, 1))
    return Sound(np.concatenate(parts), SAMPLE_RATE)


def take_pictures(page_path: Path) -> None:
    """Write the page in two sizes and two colour schemes."""
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        for width, height, scale in SIZES:
            for scheme in ("light", "dark"):
                viewport = {"width": width, "height": height}
                page = browser.new_page(viewport=viewport, color_scheme=scheme, device_scale_factor=scale)
                page.goto(page_path.as_uri())
                page.wait_for_selector("body.is-ready")
                page.locator("#position").fill("150")
                page.keyboard.press("Enter")
                page.wait_for_timeout(1500)
                path = PICTURES / f"timeline_{width}_{scheme}.png"
                page.screenshot(path=str(path), full_page=width < 1000)
                Image.open(path).convert("RGB").quantize(255).save(path, optimize=True)
                page.close()
        browser.close()


def main() -> None:
    """Draw, analyze, look."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary)
        film = folder / "seven places.mp4"
        if not film.exists():
            folder.mkdir(parents=True, exist_ok=True)
            write_video(film, draw_film(), RATE, sound=make_sound())
        out = folder / "analysis"
        if not out.exists():
            analyze_job(AnalyzeOptions((str(film),), out=out), Silent())
        take_pictures(out / film.stem / "timeline.html")


if __name__ == "__main__":
    main()
