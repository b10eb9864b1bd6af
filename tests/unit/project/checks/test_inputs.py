"""`input` and `kwargs` of a training: what is read, and each fault in one line."""

from __future__ import annotations

from datetime import date

import pytest

from cloudcost.domain.project import Training
from cloudcost.errors import ProjectFileError
from cloudcost.project.file import parse_project

TEXT = """
[dataset]
images = 1000
size = "1 GB"

[[training]]
epochs = 1
{training}

[[option]]
kind = "ec2"
instance = "g4dn.xlarge"
"""


def read(training: str) -> Training:
    return parse_project(TEXT.format(training=training), name="p.toml", today=date(2026, 11, 22)).trainings[0]


@pytest.mark.parametrize(
    ("said", "inputs", "side"),
    [
        ("input = [3, 192, 108]", ((3, 192, 108),), 144),
        ("input = [[3, 64, 64], [6]]", ((3, 64, 64), (6,)), 64),
        ("input = [2, 1600]", ((2, 1600),), 40),
        ("image_px = 96", (), 96),
    ],
)
def test_one_shape_or_several_are_read(said: str, inputs: tuple[tuple[int, ...], ...], side: int) -> None:
    training = read(f'network = "nets:make"\n{said}')
    assert (training.inputs, training.image_px) == (inputs, side)


def test_keyword_arguments_are_kept_as_json() -> None:
    training = read('network = "timm:resnet18"\nkwargs = {width = 64, rate = 0.1, sizes = [1, 2], aux = true}')
    assert training.kwargs == '{"width": 64, "rate": 0.1, "sizes": [1, 2], "aux": true}'


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ("input = [3, 64, 64]\nimage_px = 64", "image_px: given beside input, 64, write one of them"),
        ("input = [3, 0, 64]", "input: not the shape of an image: 1 to 4 sizes from 1 to 65,536"),
        ("input = []", "input: not the shape of an image"),
        ("input = [[3, 64, 64], [1, 2, 3, 4, 5]]", "input: not the shape of an image"),
        ('input = "3,64,64"', "input: not the shape of an image"),
        ("input = [1, 64]", "input: a named network takes one input of channels, height and width"),
        ("kwargs = {width = 64}", "kwargs: resnet18 takes none"),
        ("kwargs = 3", "kwargs: not a table of keyword arguments"),
        ("kwargs = {day = 2026-11-22}", "kwargs: a keyword argument that JSON has no form for"),
        ('network = "a.json"\ninput = [3, 64, 64]', "input: a network JSON has its own size"),
    ],
)
def test_what_does_not_go_together_is_one_line(training: str, said: str) -> None:
    network = "" if "network" in training else 'network = "resnet18"\n'
    with pytest.raises(ProjectFileError) as caught:
        read(network + training)
    assert said in str(caught.value)
    assert str(caught.value).count("\n") == 0
