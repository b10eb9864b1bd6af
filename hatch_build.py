"""What the package says of itself when it is built: README with links that hold anywhere, and its addresses.

In the repository README links to files beside it. On a package index there is nothing beside it, so each such link
becomes one to the repository, whose address stands once, in `pyproject.toml`. While that is empty a link becomes its
text and a picture its description: no reader is led nowhere, and no address is invented.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

LINK = re.compile(r"(?P<picture>!?)\[(?P<text>(?:[^\[\]]|\[[^\]]*\])*)\]\((?P<target>[^()\s]+)\)")
ELSEWHERE = re.compile(r"[a-z]+:|#")
"""How a target begins that is no file of the repository."""
PAGES = {
    "Documentation": "tree/main/docs",
    "Changelog": "blob/main/CHANGELOG.md",
    "Issues": "issues",
    "Source": "",
}
"""What an index links to, below the repository's address, as GitHub has it."""


def with_absolute_links(text: str, repository: str) -> str:
    """Return a README whose links to files lead into the repository; without an address they are their text."""

    def linked(found: re.Match[str]) -> str:
        picture, inner, target = found["picture"], found["text"], found["target"]
        if ELSEWHERE.match(target):
            return found[0]
        if not picture:
            inner = LINK.sub(linked, inner)
        if not repository:
            return inner
        where = "raw" if picture else "blob"
        drawn = "?sanitize=true" if picture and target.endswith(".svg") else ""  # else GitHub serves it as plain text
        return f"{picture}[{inner}]({repository}/{where}/main/{target}{drawn})"

    fences = re.split(r"(^```.*?^```$)", text, flags=re.MULTILINE | re.DOTALL)
    return "".join(part if part.startswith("```") else LINK.sub(linked, part) for part in fences)


def addresses(repository: str) -> dict[str, str]:
    """Return the project's addresses by what they are called; none while the repository has none."""
    return {name: f"{repository}/{path}".rstrip("/") for name, path in PAGES.items()} if repository else {}


class Description(MetadataHookInterface):
    """Fills in the fields that `pyproject.toml` calls dynamic."""

    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        """Set the description and the addresses."""
        repository = str(self.config.get("repository", "")).rstrip("/")
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {"content-type": "text/markdown", "text": with_absolute_links(text, repository)}
        metadata["urls"] = addresses(repository)
