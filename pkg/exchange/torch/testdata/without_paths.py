"""Takes the paths of the machine out of programs that torch.export.save wrote: python without_paths.py FILE.pt2 …"""

import io
import pathlib
import re
import sys
import zipfile

repository = str(pathlib.Path(__file__).resolve().parents[4]) + "/"


def without_paths(content: bytes) -> bytes:
    """Return the file with paths of its sources that begin at the repository, or at site-packages."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            if info.filename.endswith(".pt"):  # a pickle that nobody opens: inputs, and weights of PyTorch up to 2.8
                continue
            data = old.read(info.filename)
            if info.filename.endswith(("models/model.json", "serialized_exported_program.json")):
                text = data.decode().replace(repository, "")
                data = re.sub(r'File \\"[^"]*/(site-packages/[^"]*)\\"', r'File \\"\1\\"', text).encode()
            entry = zipfile.ZipInfo(info.filename, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, data)
    return out.getvalue()


if __name__ == "__main__":
    for name in sys.argv[1:]:
        path = pathlib.Path(name)
        path.write_bytes(without_paths(path.read_bytes()))
