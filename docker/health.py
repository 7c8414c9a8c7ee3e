"""The image's health check: JupyterLab answers, and offers the Go kernels.

Where it listens and with which token is in the file that JupyterLab writes when it starts, so other ports, tokens and
paths are followed without a setting.
"""

import json
import sys
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

runtime = Path(__file__).resolve().parent.parent / ".lab" / "jupyter" / "runtime"


def main():
    servers = sorted(runtime.glob("jpserver-*.json"), key=lambda path: path.stat().st_mtime)
    if not servers:
        return "JupyterLab has not started"
    server = json.loads(servers[-1].read_text())
    address = f"http://127.0.0.1:{server['port']}{server['base_url']}api/kernelspecs"
    request = Request(address, headers={"Authorization": f"token {server['token']}"})
    try:
        with urlopen(request, timeout=8) as answer:
            kernels = sorted(json.load(answer)["kernelspecs"])
    except (URLError, OSError, ValueError) as error:
        return f"JupyterLab does not answer on port {server['port']}: {error}"
    if "unstuck-go" not in kernels:
        return f"the Go kernels are missing; there are: {', '.join(kernels) or 'none'}"
    print("healthy:", ", ".join(kernels))


sys.exit(main())
