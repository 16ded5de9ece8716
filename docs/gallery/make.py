"""Makes the pictures of this folder from finished forecasts.

    uv run forecast run configs/copa_peru_2023
    uv run --group browser python docs/gallery/make.py forecasts

Each is what a screen shows first, in 64 colours, and below 100 KB.
"""

from __future__ import annotations

import io
import os
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
SEEN = {
    "index": ("index.html", "", 1280, 700),
    "page": ("copa-peru-2023-after-round-1/report.html", "", 1280, 1000),
    "phone": ("copa-peru-2023-after-round-1/report.html", "#needs", 360, 900),
    "needs": ("copa-peru-2023-after-round-1/report.html", "#needs", 1280, 900),
    "cut": ("copa-peru-2023-after-round-1/report.html", "#cut", 1280, 900),
    "knockout": ("copa-peru-2023-before-quarter-finals/report.html", "", 1280, 1000),
}
"""Picture → file below the forecasts, part of it, width and height of the screen in px."""

LARGEST = 100_000


def main() -> None:
    """Take every picture."""
    forecasts = Path(sys.argv[1]).resolve()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as profile:
        browser = playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        for name, (file, part, width, height) in SEEN.items():
            screen = browser.new_page()
            screen.set_viewport_size({"width": width, "height": height})
            screen.goto((forecasts / file).as_uri() + part)
            write(HERE / f"{name}.png", screen.screenshot())
        browser.close()


def write(path: Path, picture: bytes) -> None:
    """Write a picture in few colours."""
    Image.open(io.BytesIO(picture)).convert("RGB").quantize(64).save(path, optimize=True)
    assert path.stat().st_size < LARGEST, f"{path}: {path.stat().st_size} bytes"


if __name__ == "__main__":
    main()
