"""Modules by file or by name, and an error of theirs with the line at which it arose."""

import importlib.util
import os
import sys
import traceback
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

from gradcheck.discovery.module_loading import ModuleLoader, import_location
from gradcheck.discovery.target_errors import ImportFailure, TargetError
from gradcheck.process_exit import forbid_exit


def import_file(path: Path, home: ModuleLoader) -> ModuleType:
    """The module that a file is: of its package, or run as one of its own."""
    if not path.is_file():
        raise TargetError(f"{path}: no such file")
    spec = importlib.util.spec_from_file_location(import_location(path)[1], path)
    if spec is None or spec.loader is None:
        raise TargetError(f"{path}: not a Python file")
    try:
        with forbid_exit():
            return home.modules.get(spec.name) or load_module(spec, spec.loader, home)
    except (Exception, SystemExit) as error:
        said = locate_error(error, os.path.join(*path.absolute().parts[-2:]))
        raise ImportFailure(f"{path}: raises while it is imported: {said}") from error


def load_module(spec: ModuleSpec, loader: Loader, home: ModuleLoader) -> ModuleType:
    """Import the module of a file.  Raises what the file raises."""
    if home.package:
        with home.enter_folder_first():
            return importlib.import_module(spec.name)
    module = importlib.util.module_from_spec(spec)
    with home.enter_folder_first(**{spec.name: module}):
        loader.exec_module(module)
    return module


def locate_error(error: BaseException, file: str) -> str:
    """The error and the line of this file at which it arose."""
    words = f"{type(error).__name__}: {error}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(file)]
    line = error.lineno if isinstance(error, SyntaxError) else lines[-1] if lines else None
    return f"{words} (line {line})" if line else words


def import_by_name(name: str) -> ModuleType:
    """Import a module by its name."""
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        with forbid_exit():
            return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is not None and (name == error.name or name.startswith(f"{error.name}.")):
            raise TargetError(f"{name}: no such file, folder or module") from error
        raise ImportFailure(f"{name}: raises while it is imported: {locate_error(error, '.py')}") from error
    except (Exception, SystemExit) as error:
        raise ImportFailure(f"{name}: raises while it is imported: {locate_error(error, '.py')}") from error
