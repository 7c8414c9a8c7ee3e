"""Packs a recording for a test, a page or a notebook."""

import io
import os
import tarfile

from without_paths import without_paths


def packed(folder, here):
    """The recording as a .tar.gz, without paths of this machine: neither of its own nor of here, where the recorded script is."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for file in sorted(folder.iterdir()):
            data = file.read_bytes()
            if file.suffix == ".pt2":
                data = without_paths(data)
            if file.suffix == ".json":
                data = data.decode().replace(f"{here}{os.sep}", "").encode()
            info = tarfile.TarInfo(file.name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return content.getvalue()
