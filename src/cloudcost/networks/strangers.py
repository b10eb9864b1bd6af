"""Models that people ask for and that are no CNN of images, or none whose time is known: what a refusal calls them."""

from __future__ import annotations

import re

_KINDS = {
    "a language model, and networks of images alone are known here": (
        "gpt", "chatgpt", "bert", "roberta", "distilbert", "albert", "llama", "mistral", "mixtral", "qwen", "gemma",
        "phi", "deepseek", "bloom", "falcon", "t5", "flant5", "claude",
    ),
    "a model of sound, and networks of images alone are known here": ("whisper", "wav2vec", "hubert"),
    "a detector, which has more than its CNN, and no detector is known here": (
        "yolo", "fasterrcnn", "maskrcnn", "rcnn", "ssd", "retinanet", "detr", "rtdetr", "fcos", "detectron",
    ),
    "a generator of images, which is no CNN known here": (
        "stablediffusion", "sdxl", "sd15", "dalle", "flux", "stylegan", "dcgan",
    ),
    "no neural network of images": ("xgboost", "lightgbm", "catboost", "randomforest", "svm", "lstm", "gru", "rnn"),
}  # fmt: skip


def what_it_is(name: str) -> str:
    """Return what kind of model a name stands for that is not known here; empty for any other name.

    Examples
    --------
    >>> what_it_is("GPT-2")
    'a language model, and networks of images alone are known here'
    >>> what_it_is("YOLO v8n"), what_it_is("resnet19")
    ('a detector, which has more than its CNN, and no detector is known here', '')
    """
    plain = re.sub(r"[^a-z0-9]", "", name.casefold())
    for kind, names in _KINDS.items():
        if any(re.fullmatch(rf"{re.escape(each)}(v?\d.*|[a-z]{{0,2}}|base|large|small|tiny)", plain) for each in names):
            return kind
    return ""
