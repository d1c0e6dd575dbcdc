"""The requirement by which pip installs the gradcheck that runs here elsewhere."""

import json
from importlib import metadata
from typing import Any

from gradcheck import __version__


def name_requirement() -> str:
    """Name it: the commit that it was installed from, where that came from a repository, else its version."""
    origin = read_origin()
    source = origin.get("vcs_info", {})
    if not source:
        return f"gradcheck=={__version__}"
    return f'"gradcheck @ {source["vcs"]}+{origin["url"]}@{source["commit_id"]}"'


def read_origin() -> dict[str, Any]:
    """Read where gradcheck was installed from, as pip notes it (PEP 610); nothing where it came from an index."""
    try:
        text = metadata.distribution("gradcheck").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        text = None
    origin: dict[str, Any] = json.loads(text or "{}")
    return origin


def is_from_folder() -> bool:
    """Whether gradcheck was installed from a folder of this machine, so that its version may be in no index."""
    return "dir_info" in read_origin()
