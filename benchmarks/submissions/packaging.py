"""The files of a submission: one module, a package, a notebook or an archive, with what students leave around them."""

import io
import json
import random
import zipfile
from collections.abc import Mapping, Sequence

from submissions.piece import Style

Parts = Sequence[tuple[Style, str]]
"""Styles, and the texts that stand for them in a submission."""

HEADERS = (
    "import numpy as np\n",
    "from builtins import range\nimport numpy as np\n",
    "from __future__ import print_function\nfrom past.builtins import xrange\nimport numpy as np\n",
    "import numpy as np\nimport matplotlib.pyplot as plt\nimport torch\n\nplt.rcParams['figure.figsize'] = (10, 8)\n",
    "import numpy as np\n\ntry:\n    from .im2col_cython import col2im_cython\nexcept ImportError:\n    print('no')\n",
    '"""Layers, with a neighbour."""\nimport os, sys\nimport numpy as np\n\nsys.path.append("..")\nDATA = "data"\n',
)
MAIN = '\n\nif __name__ == "__main__":\n    print(np.random.rand(3))\n'
CELLS = ("%matplotlib inline\n%load_ext autoreload\n", "!ls data\n", "print('loaded')\nx = np.linspace(0, 1, 5)\n")
IN_LAYER_UTILS, IN_CLASSIFIERS = {"affine_relu"}, {"TwoLayerNet", "FullyConnectedNet", "ThreeLayerConvNet"}
ZIP_DATE = (2024, 1, 15, 12, 0, 0)


def pack_module(parts: Parts, choices: random.Random) -> dict[str, str]:
    """One file."""
    ending = choices.choice(("", MAIN))
    return {choices.choice(("layers.py", "submission.py", "my layers.py")): join(choices, parts) + ending}


def pack_package(parts: Parts, choices: random.Random) -> dict[str, str]:
    """The package cs231n of the handout, at the top or in the folder of the assignment."""
    folder = choices.choice(("cs231n", "assignment2/cs231n"))
    first = [part for part in parts if not IN_LAYER_UTILS & {*part[0].rows} and not IN_CLASSIFIERS & {*part[0].rows}]
    sandwiches = [text for style, text in parts if IN_LAYER_UTILS & {*style.rows}]
    nets = [text for style, text in parts if IN_CLASSIFIERS & {*style.rows}]
    return {
        f"{folder}/__init__.py": "",
        f"{folder}/layers.py": join(choices, first),
        f"{folder}/layer_utils.py": "\n\n".join(["from .layers import *", *sandwiches]),
        f"{folder}/classifiers/__init__.py": "",
        f"{folder}/classifiers/fc_net.py": "\n\n".join(
            ["import numpy as np\n\nfrom cs231n.layers import *\nfrom ..layer_utils import *", *nets]
        ),
        f"{folder}/data_utils.py": "import pickle\n\n\ndef load(path):\n    return pickle.load(open(path, 'rb'))\n",
    }


def pack_notebook(parts: Parts, choices: random.Random) -> dict[str, str]:
    """A notebook with a cell for each piece."""
    texts = [CELLS[0], choices.choice(HEADERS[:2]), CELLS[1], *(text for _, text in parts), CELLS[2]]
    cells = [
        {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": text.splitlines(True)}
        for text in texts
    ]
    told = {"cell_type": "markdown", "metadata": {}, "source": ["# Assignment\n"]}
    return {"work.ipynb": json.dumps({"cells": [told, *cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})}


def join(choices: random.Random, parts: Parts) -> str:
    """The text of a module."""
    return "\n\n".join([choices.choice(HEADERS), *(text for _, text in parts)])


PACKAGINGS = (pack_module, pack_package, pack_notebook)


def pack(name: str, parts: Parts, choices: random.Random) -> dict[str, bytes]:
    """Return the files of a submission by their paths below the folder of the class: in a folder, or an archive."""
    inner = {path: text.encode() for path, text in choices.choice(PACKAGINGS)(parts, choices).items()}
    if choices.random() < 0.2:
        return {f"{name}.zip": zip_files(inner)}
    return {f"{name}/{path}": data for path, data in {**inner, "README.txt": b"See layers.\n"}.items()}


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """Return an archive, the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, data in files.items():
            archive.writestr(zipfile.ZipInfo(path, ZIP_DATE), data)
    return buffer.getvalue()
