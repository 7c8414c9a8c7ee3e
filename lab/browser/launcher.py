"""The lab opens on the page that leads on; the launcher shows each kernel that can run here under its name and its own icon, and a
click on one opens a notebook that works."""

import subprocess

from .desk import Desk
from .house import ROOT, Problem, wait

KERNELS = {
    "Go (unstuck · XLA CPU)": "unstuck-xla-cpu",
    "Go (unstuck · XLA CUDA)": "unstuck-xla-cuda",
    "Go (unstuck · pure Go)": "unstuck-go",
}
CARDS = '.jp-LauncherCard[data-category="Notebook"]'
ICON = """async icon => {
    await icon.decode();
    const answer = await fetch(icon.src);
    return {width: icon.naturalWidth, bytes: Array.from(new Uint8Array(await answer.arrayBuffer()))};
}"""


def opens_on_start(house):
    """What the address that make lab prints shows: 00-start, with a kernel, and links that lead to the other notebooks."""
    with house.page("opens-on-start") as page:
        page.goto(house.address("/"))
        desk = Desk(page)
        desk.panel.get_by_role("heading", name="Start here").wait_for(timeout=60_000)
        desk.wait_for_kernel()
        links = desk.panel.locator(".jp-MarkdownOutput table a")
        count = links.count()
        links.filter(has_text="01-learning-rate").first.click()
        page.locator(".lm-TabBar-tab.lm-mod-current", has_text="01-learning-rate").wait_for(timeout=60_000)
        return f"{count} links in its table; the first one opens 01-learning-rate"


def kernels_with_icons(house):
    usable = subprocess.run([ROOT / ".lab/bin/unstuck", "kernel", "list", "--usable", "--prefix", ROOT / ".lab/venv"],
                            capture_output=True, text=True, check=True).stdout.split()
    with house.page("launcher") as page:
        page.goto(house.lab())
        cards = page.locator(CARDS)
        cards.first.wait_for(timeout=60_000)
        names = [text.strip() for text in cards.locator(".jp-LauncherCard-label").all_inner_texts()]
        if sorted(KERNELS.get(name, name) for name in names) != sorted(usable) or "unstuck-go" not in usable:
            raise Problem(f"the launcher's notebooks are {names}, and {usable} can run here")
        for name in names:
            icon = cards.filter(has_text=name).locator("img").evaluate(ICON)
            own = [path.name for path in (ROOT / "kernels" / "logos" / KERNELS[name]).iterdir() if path.read_bytes() == bytes(icon["bytes"])]
            if not own or not icon["width"]:
                raise Problem(f"the icon of {name} is not its own: {len(icon['bytes'])} bytes, {icon['width']} pixels wide")
        return f"{', '.join(names)}: each with its own icon"


def edit_and_run(house):
    """A notebook from the launcher; a cell is written, run, changed, run again; values don't go stale."""
    with house.page("edit-and-run") as page:
        page.goto(house.lab())
        page.locator(CARDS, has_text="pure Go").click(timeout=60_000)
        desk = Desk(page)
        desk.wait_for_kernel()
        desk.type(0, "%%\nfmt.Println(6 * 7)")
        first = desk.run(0)
        desk.type(0, '%%\nfmt.Println("no longer", 6*7)')
        second = desk.run(0)
        if (first, second) != ("42", "no longer 42"):
            raise Problem(f"the cell said {first!r}, and after the edit {second!r}")
        desk.type(0, "%%\nfmt.Println(6 * seven)")
        desk.start(0)
        wait(desk.errors, 300, lambda: "a cell that doesn't compile shows no error")
        if "undefined: seven" not in (said := desk.text(0)):
            raise Problem(f"the error doesn't name what is undefined: {said!r}")
        return f"{first!r}, then {second!r}, then an error that names the word"
