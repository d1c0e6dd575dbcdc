"""Which file of a submission an import means: as Python would find it, or as the course lays its files out."""

import re
from collections.abc import Iterable

PLATFORM_PREFIX = r"^(?:.*\d[-_])?"
COPY_NUMBER = r"(?:[-_ ]?\(?\d+\)?|[-_ ]copy)?$"
"""What learning platforms and browsers put before and behind the name of a file: "ann_12_34_layers-1"."""
NOT_A_STUDENTS = {
    *(
        "torch",
        "torchvision",
        "tensorflow",
        "keras",
        "jax",
        "flax",
        "scipy",
        "matplotlib",
        "sklearn",
        "skimage",
        "cupy",
    ),
    *("numba", "pandas", "mxnet", "theano", "autograd", "chainer", "PIL", "h5py", "IPython", "past", "future", "six"),
}
"""Libraries of whose modules none is a student's, though it may have the same name: torch.optim."""

Parts = tuple[str, ...]


class FileTree:
    """The modules of a submission by their place: the path of a file as parts, without ".py"."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.files = {
            tuple(path[: -len(".py")].split("/")): path for path in sorted(paths) if path.lower().endswith(".py")
        }
        self.folders = {place[:i] for place in self.files for i in range(len(place))}

    def holds(self, place: Parts) -> bool:
        """Whether a module or a folder with modules is at a place."""
        return place in self.files or place in self.folders

    def find_file(self, place: Parts) -> str:
        """Return the path of the file at a place: of a module, or the `__init__` of a folder; "" where it has none."""
        return self.files.get(place) or self.files.get((*place, "__init__"), "")

    def find_above(self, names: Parts, folder: Parts) -> Parts | None:
        """Return the nearest folder above an importing file that holds the first of these names."""
        above = [folder[:i] for i in range(len(folder), -1, -1)]
        return next((place for place in above if self.holds((*place, names[0]))), None)

    def find_anywhere(self, names: Parts) -> Parts | None:
        """Return the folder nearest to the top that holds the first of these names: code may extend sys.path."""
        folders = sorted(self.folders, key=lambda place: (len(place), place))
        return next((place for place in folders if self.holds((*place, names[0]))), None)

    def find_renamed(self, names: Parts, folder: Parts) -> Parts | None:
        """Return the place of a module that was handed in without its package, or under the name that a platform gave
        it, for cs231n.layers; None for a module of a library."""
        if names[0] in NOT_A_STUDENTS:
            return None
        flat = self.find_above(names[-1:], folder)
        if flat is not None:
            return (*flat, names[-1])
        pattern = re.compile(PLATFORM_PREFIX + re.escape(names[-1]) + COPY_NUMBER)
        near = sorted(self.files, key=lambda place: (place[:-1] != folder, len(place), place))
        return next((place for place in near if pattern.search(place[-1])), None)

    def find_relative(self, names: Parts, folder: Parts, level: int) -> Parts | None:
        """Return the place that `from ..a import b` means, or that it meant in the course's own layout."""
        package = folder[: len(folder) - level + 1] if level <= len(folder) + 1 else ()
        place = (*package, *names)
        if self.holds(place) or not names:
            return place
        return self.find_renamed(names, folder)
