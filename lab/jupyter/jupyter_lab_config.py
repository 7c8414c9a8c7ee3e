"""JupyterLab's settings for `make lab`: this machine only, with a token, and no request to anywhere else."""

import os
import subprocess
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (Jupyter provides it)

root = Path(__file__).resolve().parents[2]

# Only this machine, and a token that is new at every start (JUPYTER_TOKEN sets one).
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_remote_access = False
c.ServerApp.root_dir = str(root / "notebooks")
# It opens on the page that leads every visitor on.
c.LabApp.default_url = "/lab/tree/00-start.ipynb"
# Some containers run as root: that changes nothing in what the lab does.
c.ServerApp.allow_root = True

# A browser opens only where it can be seen.
seen = sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
c.ServerApp.open_browser = seen and not os.environ.get("SSH_CONNECTION")



def kernels():
    """The names of those that can run a cell here, the everyday one first: XLA wants a plugin, and the one for CUDA a GPU, too.
    The Python kernel that JupyterLab depends on is none of them: it has none of the packages that a notebook would want."""
    installed = {path.name for path in (Path(sys.prefix) / "share" / "jupyter" / "kernels").glob("*")} - {"python3"}
    ask = [str(root / ".lab" / "bin" / "unstuck"), "kernel", "list", "--usable", "--prefix", sys.prefix]
    try:
        usable = subprocess.run(ask, cwd=root, capture_output=True, text=True, timeout=60, check=True).stdout.split()
    except (OSError, subprocess.SubprocessError):  # better one kernel too many than none
        usable = ["unstuck-go", *sorted(installed)]
    own = [name for name in installed if not name.startswith("unstuck-")]
    return [name for name in [*usable, *own] if name in installed]


# Only the kernels that are installed in this environment.
offered = kernels()
c.KernelSpecManager.ensure_native_kernel = False
c.KernelSpecManager.allowed_kernelspecs = set(offered)
c.MultiKernelManager.default_kernel_name = next(iter(offered), "unstuck-go")

# JupyterLab would ask for news, updates and extensions on the network; labconfig/ keeps it from asking the person.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"

# What is exported as HTML, or through it as PDF, asks nothing of the network either, and fits on its page.
c.TemplateExporter.extra_template_basedirs = [str(root / "lab" / "jupyter" / "templates")]
c.HTMLExporter.template_name = "offline"
c.SlidesExporter.template_name = "reveal"
