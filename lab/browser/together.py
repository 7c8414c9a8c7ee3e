"""Starting over, and working on two things at once."""

from .desk import Desk
from .house import Problem, wait


def restart_and_run_all(house):
    """Restart and run all counts from 1, forgets what was declared in the meantime, and computes nothing that is kept."""
    kept = '%%\nkept := notebook.Must(notebook.Keep("kept", func() (int, error) {\n\tfmt.Print("computed ")\n\treturn six() * 7, nil\n}))\nfmt.Print(kept)'
    name = house.write("restart.ipynb", "func six() int { return 6 }", kept, "%%\nfmt.Print(six())", kernel="unstuck-go")
    with house.page("restart") as page:
        desk = Desk.open(house, page, name)
        first = [desk.run(n) for n in (0, 1, 2)]
        desk.type(2, "func gone() int { return 1 }\n\n%%\nfmt.Print(six() + gone())")
        first.append(desk.run(2))
        desk.type(2, "%%\nfmt.Print(six())")
        if first != ["", "computed 42", "6", "7"]:
            raise Problem(f"before the restart the cells said {first}")
        if desk.prompts()[:3] != ["1", "2", "4"]:
            raise Problem(f"before the restart the cells are numbered {desk.prompts()}")

        restarted(desk)
        wait(lambda: desk.prompts()[:3] == ["1", "2", "3"], 300, lambda: f"after the restart the cells are numbered {desk.prompts()}")
        desk.no_errors()
        second = [desk.text(n) for n in (0, 1, 2)]
        # The kept value says that it is one, and from when.
        if [second[0], second[2]] != ["", "6"] or not (second[1].startswith('kept: "kept", computed ') and second[1].endswith("\n42")):
            raise Problem(f"after the restart the cells say {second}")
        desk.type(2, "%%\nfmt.Print(gone())")
        desk.start(2)
        wait(desk.errors, 300, lambda: f"the restart forgot nothing: {desk.text(2)!r}")
        return "numbered from 1, the kept value read back, the rest forgotten"


def restarted(desk):
    desk.menu("Run", "runmenu:restart-and-run-all")
    desk.page.locator(".jp-Dialog .jp-mod-accept").click()


def two_kernels(house):
    """Two notebooks on two kernels beside each other: one computes while the other answers, and neither sees the other's names."""
    which = "func who() string { return %s }\n\n%%%%\nfmt.Println(who(), notebook.Must(backend.Default()).Name())"
    wait_for = '%%\nfmt.Println("waiting")\nfor end := time.Now().Add(5 * time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {\n\tif _, err := os.Stat("go-on"); err == nil {\n\t\tfmt.Println("went on")\n\t\treturn\n\t}\n}'
    one = house.write("one.ipynb", which % '"one"', wait_for, kernel="unstuck-xla-cpu")
    two = house.write("two.ipynb", which % '"two"', '%%\nnotebook.Check(os.WriteFile("go-on", nil, 0o644))\nfmt.Println(who(), "tells one to go on")', kernel="unstuck-go")
    with house.page("two-kernels") as page:
        desk = Desk.open(house, page, one)
        names = [desk.run(0)]
        desk.start(1)
        wait(lambda: "waiting" in desk.text(1), 300, lambda: f"one said {desk.text(1)!r}")

        page.locator(".jp-DirListing-item", has_text=two).dblclick()
        tabs = page.locator(".lm-DockPanel-tabBar .lm-TabBar-tab")
        tabs.filter(has_text=two).wait_for()
        desk.wait_for_kernel()
        names.append(desk.run(0))
        said = desk.run(1)
        if said != "two tells one to go on":
            raise Problem(f"two said {said!r}")

        tabs.filter(has_text=one).click()
        went = desk.finished(1)
        if went != "waiting\nwent on" or names[1] != "two go" or not names[0].startswith("one "):
            raise Problem(f"the notebooks are {names}, and one said {went!r}")
        return f"{names[0]!r} waited while {names[1]!r} computed"
