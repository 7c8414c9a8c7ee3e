"""JupyterLab's settings for `make lab`: this machine only, with a token, and no request to anywhere else."""

import os
import platform
import sys
from pathlib import Path

c = get_config()  # noqa: F821  (Jupyter provides it)

root = Path(__file__).resolve().parents[2]

# Only this machine, and a token that is new at every start (JUPYTER_TOKEN sets one).
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_remote_access = False
c.ServerApp.root_dir = str(root / "notebooks")
# Some containers run as root: that changes nothing in what the lab does.
c.ServerApp.allow_root = True

# A browser opens only where it can be seen.
seen = sys.platform == "darwin" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
c.ServerApp.open_browser = seen and not os.environ.get("SSH_CONNECTION")

# Only the kernels that are installed in this environment, and of those only the Go ones: the Python kernel
# that JupyterLab depends on has none of the packages that a Python notebook would want.
kernels = Path(sys.prefix) / "share" / "jupyter" / "kernels"
c.KernelSpecManager.ensure_native_kernel = False
c.KernelSpecManager.allowed_kernelspecs = {path.name for path in kernels.glob("*") if path.name != "python3"}
xla = (sys.platform, platform.machine()) == ("linux", "x86_64")  # where the plugin is published
c.MultiKernelManager.default_kernel_name = "unstuck-xla-cpu" if xla else "unstuck-go"

# JupyterLab would ask for news, updates and extensions on the network; labconfig/ keeps it from asking the person.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"

# What is exported as HTML, or through it as PDF, asks nothing of the network either, and fits on its page.
c.TemplateExporter.extra_template_basedirs = [str(root / "lab" / "jupyter" / "templates")]
c.HTMLExporter.template_name = "offline"
c.SlidesExporter.template_name = "reveal"
