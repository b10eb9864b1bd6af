"""How fast images become input: JPEG decode, resize and normalise on one core, and reading the data set's disk."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from cloudcost.domain.profile import LoadingRecord
from cloudcost.errors import InputError

_SUFFIXES = {".jpg", ".jpeg"}
_SYNTHETIC_SIZE = (500, 375)
"""Width and height of a made-up photo: ImageNet's usual. [pixels]"""
_MOST_FILES = 400
_MOST_BYTES = 2**28
"""Of files held in memory, about. [bytes]"""
_SECONDS = 3.0


def measure_loading(image_px: int, folder: Path | None = None) -> LoadingRecord | None:
    """Return the loading rate of one core, None where Pillow is missing.

    Parameters
    ----------
    image_px : int
        Side of the CNN's input. [pixels]
    folder : Path, optional
        The data set; without one, JPEGs made for the purpose are decoded and no disk is read.

    Raises
    ------
    InputError
        When the folder cannot be read or holds no JPEG.
    """
    if find_spec("PIL") is None:
        return None
    disk = None
    if folder is None:
        images: list[bytes] = _synthetic()
        names = [""] * len(images)
    else:
        paths = _jpegs(folder)
        images, disk = _read(paths)
        names = [path.name for path in paths]
    rate, count = _decode(images, image_px, names)
    return LoadingRecord(
        images_per_second_per_core=float(f"{rate:.6g}"),
        image_px=image_px,
        source="synthetic" if folder is None else "folder",
        images=count,
        disk_bytes_per_second=None if disk is None else float(f"{disk:.6g}"),
    )


def check_folder(folder: Path) -> None:
    """Refuse a data set's folder that cannot be read or holds no JPEG, before anything is measured.

    Raises
    ------
    InputError
    """
    _jpegs(folder)


def _jpegs(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise InputError(f"--data: no such folder, {folder}, name the data set's folder")
    found = sorted(path for path in folder.rglob("*") if path.suffix.lower() in _SUFFIXES and path.is_file())
    if not found:
        raise InputError(f"--data: no JPEG file in {folder}, name the folder of the images")
    return found[:: max(1, len(found) // _MOST_FILES)][:_MOST_FILES]


def _read(paths: Sequence[Path]) -> tuple[list[bytes], float]:
    """Return the files and the bytes per second of reading them, the page cache left out where that is possible."""
    content: list[bytes] = []
    try:
        for path in paths:
            _drop_cached(path)
        start = time.perf_counter()
        for path in paths:
            content.append(path.read_bytes())
            if sum(map(len, content)) > _MOST_BYTES:
                break
        spent = max(time.perf_counter() - start, 1e-9)
    except OSError as error:
        raise InputError(f"--data: {path.name} cannot be read, {error.strerror}, make it readable") from None
    return content, sum(map(len, content)) / spent


def _drop_cached(path: Path) -> None:
    if not hasattr(os, "posix_fadvise"):
        return
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _synthetic() -> list[bytes]:
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    images = []
    for _ in range(8):
        coarse = Image.fromarray(random.integers(0, 256, (24, 32, 3), dtype=np.uint8))
        photo = np.asarray(coarse.resize(_SYNTHETIC_SIZE, Image.Resampling.BICUBIC), dtype=np.int16)
        grainy = np.clip(photo + random.integers(-12, 13, photo.shape), 0, 255).astype(np.uint8)
        buffer = io.BytesIO()
        Image.fromarray(grainy).save(buffer, "JPEG", quality=90)
        images.append(buffer.getvalue())
    return images


def _decode(images: Sequence[bytes], image_px: int, names: Sequence[str]) -> tuple[float, int]:
    """Return images per second of this thread's CPU time, and how many were decoded."""
    import numpy as np
    from PIL import Image

    mean = np.array([0.485, 0.456, 0.406], dtype=np.float32)
    deviation = np.array([0.229, 0.224, 0.225], dtype=np.float32)
    count = 0
    begun, start = time.perf_counter(), time.thread_time()
    while time.perf_counter() - begun < _SECONDS and count < 2000:
        try:
            with Image.open(io.BytesIO(images[count % len(images)])) as photo:
                small = photo.convert("RGB").resize((image_px, image_px), Image.Resampling.BILINEAR)
        except (OSError, Image.DecompressionBombError) as error:
            raise InputError(
                f"--data: {names[count % len(images)]} cannot be decoded, {type(error).__name__}, take such files out"
            ) from None
        values = (np.asarray(small, dtype=np.float32) / 255 - mean) / deviation
        np.ascontiguousarray(values.transpose(2, 0, 1))
        count += 1
    return count / max(time.thread_time() - start, 1e-9), count
