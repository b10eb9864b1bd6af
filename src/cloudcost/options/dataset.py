"""A data set that the project names by its folder, with its images and bytes counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from cloudcost.domain.project import Project
from cloudcost.errors import InputError
from cloudcost.options.times.context import TimingContext
from cloudcost.units import MAX_BYTES


def with_counted_folder(project: Project, timing: TimingContext) -> Project:
    """Return the project with the images and bytes of its data set's folder; as it is where no folder is named.

    Parameters
    ----------
    project : Project
    timing : TimingContext
        Knows the folder that relative paths start from, and what was counted before.

    Raises
    ------
    InputError
        When the folder cannot be read, holds no image, or more than 1 EiB.
    """
    dataset = project.dataset
    if dataset.folder is None:
        return project
    if dataset.folder not in timing.folders:
        timing.folders[dataset.folder] = _count(dataset.folder, timing.folder, project)
    images, size_bytes = timing.folders[dataset.folder]
    return replace(project, dataset=replace(dataset, images=images, size_bytes=size_bytes))


def _count(named: str, start: Path, project: Project) -> tuple[int, int]:
    from cloudcost.scan.folder import scan_folder

    place = f"{Path(project.path).name or 'project'}:dataset.folder"
    content = scan_folder(start / Path(named).expanduser(), place=place)
    if not 0 < content.size_bytes <= MAX_BYTES:
        raise InputError(f"{place}: images of {content.size_bytes} bytes together, {named!r}, give images and size")
    return content.images, content.size_bytes
