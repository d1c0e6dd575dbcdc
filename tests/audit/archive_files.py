"""Archives as students hand them in, and as nobody should."""

import io
import tarfile
import zipfile


def write_zip(path, files, method=zipfile.ZIP_DEFLATED):
    """Write a zip archive of these texts or bytes by path; returns its path."""
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def pack_zip(files):
    """The bytes of a zip archive."""
    return write_zip(io.BytesIO(), files).getvalue()


def describe_file(name, data=b"x = 1\n"):
    """A regular file of a tar archive, with its bytes."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    return info, data


def describe_special(name, kind, target=""):
    """A link or a device of a tar archive."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info, b""


def write_tar(path, *members, mode="w:gz"):
    """Write a tar archive of these members; returns its path."""
    with tarfile.open(path, mode) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return path


def write_files(folder, files):
    """Write texts or bytes by their paths below a folder; returns the folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return folder
