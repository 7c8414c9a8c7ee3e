"""Packs a recording for a test, a page or a notebook."""

import io
import os
import tarfile

from without_paths import without_paths


def written(folder, here):
    """The recording's files, name and bytes, without paths of this machine: neither of its own nor of here, where the recorded script is."""
    for file in sorted(folder.iterdir()):
        data = file.read_bytes()
        if file.suffix == ".pt2":
            data = without_paths(data)
        if file.suffix == ".json":
            data = data.decode().replace(f"{here}{os.sep}", "").encode()
        yield file.name, data


def packed(folder, here):
    """The same as a .tar.gz."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, data in written(folder, here):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return content.getvalue()
