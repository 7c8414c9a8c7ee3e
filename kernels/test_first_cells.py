"""The first hour of someone who writes plain Go into cells: no %%, a slip of the finger, a number changed and run again.

kernel_test.go starts this file as it starts test_kernel.py.
"""

import re
import time
import unittest

import test_kernel

ANSI = re.compile(r"\x1b\[[0-9;]*m")
NETWORK = "net := nn.Sequential{\n\tnn.Dense{Units: %d, Activation: nn.Tanh{}},\n\tnn.Dense{Units: 1},\n}"
# What someone types first, and what they see: text on stdout or as the cell's result, or the kind of it.
FIRST = (
    ("1 + 2", "3"),
    ('name := "Ada"\nname', "Ada"),
    ('fmt.Println("hello", name)', "hello Ada\n"),
    ("squares := []int{}\nfor i := range 4 {\n\tsquares = append(squares, i*i)\n}\nsquares", "[0 1 4 9]"),
    ("squares[3]", "9"),
    ("type point struct{ X, Y float64 }\np := point{3, 4}\np", "point{X: 3, Y: 4}"),
    ("func (p point) norm() float64 { return math.Hypot(p.X, p.Y) }\np.norm()", "5"),
    (NETWORK % 4, ""),
    ("data := notebook.Must(dataset.Random(64, []int{3}, []int{1}, 1))\nlen(data.X.Shape)", "2"),
    ("model, err := fit.Compile(net, optim.Adam(0.01), loss.MSE{}, fit.Options{Seed: 1})\nnotebook.Check(err)", ""),
    ("h, err := model.Fit(notebook.Context(), data, fit.Config{Epochs: 20})\nh", "image/png"),
    ("h.Loss()[19] < h.Loss()[0]", "true"),
)


class FirstCells(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.session = test_kernel.Session()
        cls.addClassCleanup(cls.session.close)

    def cell(self, code, when_it_speaks=None):
        """Runs a cell; returns its status, what it shows, and the error as a person reads it."""
        shown, error, stderr = [], "", []

        def note(message):
            nonlocal error
            content = message["content"]
            match message["msg_type"]:
                case "stream" if content["name"] == "stdout":
                    shown.append(content["text"])
                    if when_it_speaks:
                        when_it_speaks()
                case "stream":
                    stderr.append(content["text"])
                case "display_data":
                    picture = "image/png" in content["data"]
                    shown.append("image/png" if picture else content["data"]["text/plain"])
                case "error":
                    error = ANSI.sub("", "\n".join(content["traceback"]))

        reply = self.session.client.execute_interactive(code, timeout=test_kernel.PATIENCE, output_hook=note)
        return reply["content"]["status"], "".join(shown), error, "".join(stderr), reply["content"].get("execution_count", 0)

    def assert_shows(self, code, want):
        status, shown, error, stderr, _ = self.cell(code)
        self.assertEqual((status, shown), ("ok", want), f"{code}\n{error}{stderr}")

    def assert_says(self, code, *wanted):
        """An error that names cell and line, no path of the kernel's, nothing twice, and ends in what to do."""
        status, _, error, stderr, number = self.cell(code)
        self.assertEqual(status, "error", code)
        for want in wanted:
            self.assertIn(want.replace("HERE", f"cell [{number}]"), error)
        for text in (error, stderr):
            self.assertNotRegex(text, r"gonb_|/tmp/|main\.go|exit status \d+\s+exit status")
        self.assertRegex(error.splitlines()[-1], r"[.?]$")

    def test_a_first_notebook(self):
        for code, want in FIRST:
            with self.subTest(code):
                self.assert_shows(code, want)

    def test_a_number_is_changed_and_run_again(self):
        self.assert_shows("rate := 0.5\ntwice := rate * 2", "")
        self.assert_shows("twice", "1")
        self.assert_shows("rate := 0.25\ntwice := rate * 2", "")
        self.assert_shows("twice", "0.5")
        self.assert_shows("counted := 0\nfor i := range 5 {\n\tcounted += i\n}", "")
        self.assert_shows("counted++\ncounted", "11")
        self.assert_shows("counted++\ncounted", "12")

    def test_what_is_made_of_something_that_changed(self):
        self.assert_shows((NETWORK % 2).replace("net", "small"), "")
        self.assert_shows("one, err := fit.Compile(small, optim.SGD(0.1), loss.MSE{}, fit.Options{Seed: 1})\nnotebook.Check(err)", "")
        self.assert_shows((NETWORK % 3).replace("net", "small"), "")
        self.assert_says("one", "undefined: one", "it is made from small, which has been set anew since")

    def test_a_network_is_assigned(self):
        """A plain = is what := would be, and what can't be is told of where it was written."""
        self.assert_shows("deep := nn.Sequential{nn.Dense{Units: 3}}", "")
        self.assert_shows("deep = nn.Sequential{nn.Dense{Units: 128}, nn.Dense{Units: 1}}", "")
        self.assert_shows("len(deep)", "2")
        self.assert_shows("dm, err := fit.Compile(deep, optim.SGD(0.1), loss.MSE{}, fit.Options{Seed: 1})\nnotebook.Check(err)", "")
        self.assert_shows("deep = nn.Sequential{nn.Dense{Units: 1}}\ndm = notebook.Must(fit.Compile(deep, optim.SGD(1), loss.MSE{}, fit.Options{}))", "")
        self.assert_shows("dm != nil && len(deep) == 1", "true")
        for code in ("deep = append(deep, nn.Dense{Units: 1})", "var deep nn.Sequential\ndeep = append(deep, nn.Dense{Units: 1})"):
            status, _, error, _, number = self.cell(code)
            self.assertEqual(status, "ok", error)
            self.assert_says("len(deep)", "undefined: deep", f"deep was changed in cell [{number}] by an assignment that can't be kept", "write deep := … in one piece")
            self.assert_shows("deep := nn.Sequential{nn.Dense{Units: 3}}\nlen(deep)", "1")

    def test_a_layer_is_changed_and_all_runs_again(self):
        """Nobody needs to be told that weights of other shapes aren't kept, in the cell that makes the model anew."""
        self.assert_shows("few := notebook.Must(dataset.Random(64, []int{3}, []int{1}, 1))", "")
        for units in (2, 3):
            for code in (
                f"wide := nn.Dense{{Units: {units}}}\nlayered := nn.Sequential{{wide, nn.Dense{{Units: 1}}}}",
                "trained := notebook.Must(fit.Compile(layered, optim.SGD(0.1), loss.MSE{}, fit.Options{Seed: 1}))\n"
                "_, err := trained.Fit(notebook.Context(), few, fit.Config{Epochs: 1})\nnotebook.Check(err)",
            ):
                with self.subTest(code):
                    status, shown, error, stderr, _ = self.cell(code)
                    self.assertEqual((status, shown, stderr), ("ok", "", ""), error)

    def test_a_model_keeps_what_it_has_learned(self):
        self.assert_shows("rows := notebook.Must(dataset.Random(64, []int{3}, []int{1}, 1))", "")
        self.assert_shows("m := notebook.Must(fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.1), loss.MSE{}, fit.Options{Seed: 1}))", "")
        self.assert_shows("_, err := m.Fit(notebook.Context(), rows, fit.Config{Epochs: 30})\nafter := notebook.Must(m.Evaluate(notebook.Context(), rows)).Loss", "")
        self.assert_shows("notebook.Must(m.Evaluate(notebook.Context(), rows)).Loss == after", "true")

    def test_a_rate_that_is_far_too_high(self):
        self.assert_shows("wild := notebook.Must(dataset.Random(64, []int{3}, []int{1}, 1))", "")
        status, shown, error, _, _ = self.cell(
            "fast, err := fit.Compile(nn.Sequential{nn.Dense{Units: 8}, nn.Dense{Units: 1}}, optim.SGD(10), loss.MSE{}, fit.Options{Seed: 1})\n"
            "notebook.Check(err)\ngone, err := fast.Fit(notebook.Context(), wild, fit.Config{Epochs: 50})\ngone")
        self.assertEqual(status, "ok", error)
        self.assertRegex(shown, r"image/pngThe loss is NaN since epoch \d+\. Try a learning rate of 1 in place of 10")

    def test_a_range_test_grows(self):
        """Its picture is there while the cell runs, is replaced more than once, and is complete in the end."""
        seen, code = [], (
            "few := notebook.Must(dataset.Random(353, []int{10}, []int{1}, 1))\n"
            "small := notebook.Must(fit.Compile(nn.Sequential{nn.Dense{Units: 64, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, optim.Adam(1e-3), loss.MSE{}, fit.Options{Seed: 1}))\n"
            "explore.RangeTest(notebook.Context(), small, few, explorefigure.WatchRangeTest(explore.RangeOptions{Steps: 400}));")

        def note(message):
            if message["msg_type"] in ("display_data", "update_display_data"):
                seen.append((message["msg_type"], message["content"]["transient"]["display_id"], message["content"]["data"]))

        reply = self.session.client.execute_interactive(code, timeout=test_kernel.PATIENCE, output_hook=note)
        self.assertEqual(reply["content"]["status"], "ok")
        self.assertEqual([kind for kind, _, _ in seen], ["display_data"] + ["update_display_data"] * (len(seen) - 1))
        self.assertEqual(len({place for _, place, _ in seen}), 1, "one place")
        rates = [int(re.search(r"(\d+) rates", data["text/plain"])[1]) for _, _, data in seen]
        self.assertGreaterEqual(len(rates), 4, "the first picture, two more while it runs, and the last")
        self.assertEqual(rates, sorted(rates))
        self.assertLess(rates[1], rates[-1])
        self.assertIn("image/png", seen[-1][2])

    def test_slips(self):
        self.assert_says('\nfmt.Printl("a")', "HERE, line 2: undefined: fmt.Printl", '    fmt.Printl("a")', "Did you mean fmt.Println?")
        self.assert_says("length := 3\nlenght + 1", "HERE, line 2: undefined: lenght")
        self.assert_says("for i := range 3 {\n\tfmt.Println(i)\n", "HERE", "expected '}'")
        self.assert_says("x := 1 +", "HERE", "expected operand")
        self.assert_says('var s string = 5', "HERE, line 1: cannot use 5")
        self.assert_says("nn.Dense{Activation: nn.Tanh}", "nn.Tanh{}")
        self.assert_says("plt.plot(1)", "HERE, line 1: undefined: plt", "notebook.Show(figure.Lines{")
        self.assert_shows("// Place is somewhere.\ntype Place struct{ X, Y float64 }\n\n// one of them\nhere := Place{1, 2}\nhere.Y", "2")
        self.assert_says("nowhere", "HERE, line 1: undefined: nowhere", "No cell that has run sets or declares nowhere")

    def test_what_nothing_uses_stops_nothing(self):
        self.assert_shows('import "os"\nunused := 3\nfor i := range 2 {\n\tinner := i\n}\nif v, ok := any(1).(int); ok {\n}\n"done"', "done")
        self.assert_shows('%%\nunused := 3\nfmt.Print("done")', "done")
        self.assert_shows('func lazy() int {\n\tidle := 3\n\treturn 4\n}\nlazy()', "4")

    def test_what_is_legal_if_odd(self):
        """A string whose lines look like commands is text; import . breaks no later cell; several statements stand in a line."""
        self.assert_shows("listing := `\n!ls\n%d of it\n`\nlen(listing)", "14")
        self.assert_shows('import . "strings"\nToUpper(listing[1:4])', "!LS")
        self.assert_shows("one := 1; two := 2; one + two", "3")
        self.assert_shows('ToLower("A")', "a")
        self.assert_shows("var (\n\tall = []int{\n\t\t1,\n\t}\n)\nall[0]++", "")
        self.assert_shows("all[0]", "2")
        self.assert_says("one, two", "expected 1 expression", "fmt.Println(a, b)")

    def test_what_fails(self):
        self.assert_says("func at(n int) int {\n\tlist := []int{1}\n\treturn list[n]\n}\n\nat(3)", "HERE, line 3: panic: runtime error: index out of range [3]")
        self.assert_says('%%\nfmt.Print(1)\npanic("on purpose")', "HERE, line 3: panic: on purpose")
        self.assert_says("os.Exit(3)", "exit status 3")
        self.assert_says('before := math.Sqrt(4)\nnotebook.Check(errors.New("no data"))\nbehind := math.Sqrt(9)', "stopped")
        self.assert_shows("before", "2")
        self.assert_says("behind", "undefined: behind", "that cell ended before it came to it")

    def test_what_can_not_be_kept(self):
        self.assert_shows("ch := make(chan int, 1)\nch <- 1\nlen(ch)", "1")
        self.assert_says("ch", "undefined: ch", "a channel can't be put into a file")
        self.assert_shows('text := "mine"\ntext', "mine")
        self.assert_says("text", "text is the name of a package")
        self.assert_shows("%%\ninside := 4\nfmt.Print(inside)", "4")
        self.assert_says("inside", "begins with %%")
        self.assert_shows("var grown nn.Sequential\nfunc grow() { grown = append(grown, nn.Dense{Units: 1}) }\ngrow()\nlen(grown)", "1")
        status, shown, error, stderr, number = self.cell("len(grown)")
        self.assertEqual((status, shown), ("ok", "0"), error)
        self.assertRegex(stderr, rf"^grown has its first value again: what cell \[{number - 1}\] made of it isn't kept, as .*nn.Layer")
        self.assertEqual(self.cell("len(grown)")[3], "", "once is enough")

    def test_slices_become_data(self):
        self.assert_shows("rows, answers := [][]float64{{1, 2}, {3, 4}}, []float64{5, 6}", "")
        self.assert_says("mine := dataset.Data{X: rows, Y: answers}", "cannot use rows", "notebook.Must(dataset.RowsOf(rows))")
        self.assert_shows("mine := dataset.Data{X: notebook.Must(dataset.RowsOf(rows)), Y: notebook.Must(dataset.ColumnOf(answers))}\nmine",
                          "2 rows\nX [2 2]\n  1 2\n  3 4\nY [2 1]\n  5\n  6")

    def test_what_is_printed_stays_above_what_is_shown_after_it(self):
        code = 'for i := range 100 {\n\tfmt.Println("printed", i)\n\tnotebook.Check(notebook.Show(time.Duration(i)))\n}'
        self.assert_shows(code, "".join(f"printed {i}\n{i}ns" for i in range(100)).replace("\n0ns", "\n0s"))

    def test_an_error_that_nothing_looks_at(self):
        self.assert_shows("line := notebook.Must(fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.1), loss.MSE{}, fit.Options{Seed: 1}))", "")
        status, _, error, stderr, _ = self.cell("few := notebook.Must(dataset.Random(8, []int{3}, []int{1}, 1))\nrun, wrong := line.Fit(notebook.Context(), few, fit.Config{Epochs: 5, BatchSize: -3})")
        self.assertEqual(status, "ok", error)
        self.assertRegex(stderr, r"^wrong: .*-3.*notebook\.Check\(wrong\)")
        self.assert_shows("wrong != nil && strings.Contains(wrong.Error(), \"-3\")", "true")
        self.assert_shows("_, wrong = os.Stat(\".\")\nwrong == nil", "true")
        self.assert_shows("wrong == nil", "true")

    def test_interrupt(self):
        begin = []

        def interrupt():
            begin.append(time.monotonic())
            self.session.manager.interrupt_kernel()

        status, _, error, _, _ = self.cell("fmt.Println(1)\ntime.Sleep(2 * time.Minute)", interrupt)
        self.assertEqual(status, "error")
        self.assertIn("The cell was interrupted.", error)
        self.assertLess(time.monotonic() - begin[0], 60)
        self.assert_shows("1 + 1", "2")

    def test_what_waits_for_ever(self):
        """fmt.Scanln has nothing to read from, which is said while it waits; a deadlock is told when the cell is interrupted."""
        status, _, error, stderr, _ = self.cell('fmt.Println("on")\nvar typed int\nfmt.Scanln(&typed)\ntyped', self.session.manager.interrupt_kernel)
        self.assertEqual(status, "error")
        self.assertIn("fmt.Scanln waits for what nobody can type here", stderr)
        self.assertNotIn("all goroutines", error)
        status, _, error, _, _ = self.cell('fmt.Println("on")\nblocked := make(chan int)\n<-blocked', self.session.manager.interrupt_kernel)
        self.assertEqual(status, "error")
        self.assertIn("all goroutines are asleep", error)

    def test_a_training_is_interrupted(self):
        """What was reached is shown and is there in the next cell, and Fit goes on from there."""
        self.assert_shows("rows := notebook.Must(dataset.Random(64, []int{3}, []int{1}, 1))", "")
        self.assert_shows("slow := notebook.Must(fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(0.01), loss.MSE{}, fit.Options{Seed: 1}))", "")
        speaks = "Callbacks: []fit.Callback{fit.OnEpochEnd(func(r *fit.Run) error {\n\tif r.Epoch == 3 {\n\t\tfmt.Println(\"on\")\n\t}\n\treturn nil\n})}"
        for assign in (":=", "="):
            status, shown, error, stderr, _ = self.cell(
                f"course {assign} notebook.Must(slow.Fit(notebook.Context(), rows, fit.Config{{Epochs: 1 << 30, {speaks}}}))\ncourse.Loss()[0]",
                self.session.manager.interrupt_kernel)
            self.assertEqual((status, shown), ("error", "on\nimage/png"), stderr)
            self.assertRegex(stderr, r"^interrupted after \d+ epochs: course and the model keep what was reached\. .*goes on from there")
            self.assert_shows("len(course.Epochs) > 2", "true")
        self.assert_shows("more := notebook.Must(slow.Fit(notebook.Context(), rows, fit.Config{Epochs: 1}))\nmore.Loss()[0] < course.Loss()[0]", "true")

    def answer(self, asked):
        """What the kernel says to a request, past answers to others, such as those for the client's own first questions."""
        while True:
            reply = self.session.client.get_shell_msg(timeout=test_kernel.PATIENCE)
            if reply["parent_header"]["msg_id"] == asked:
                return reply["content"]

    def help_on(self, code, cursor):
        """What the kernel itself says; gopls, which takes its time, says nothing in plain text."""
        asked = self.session.client.inspect(code, cursor_pos=cursor)
        data = self.answer(asked)["data"]
        self.wait_until_idle(asked)
        self.assertEqual({"text/markdown", "text/plain"} if data else set(), set(data), data)
        return str(data)

    def test_completion_and_help(self):
        for code, typed, want in (
            ("func f() int { return 1 }\nx := f()\nmath.Hypo", "Hypo", "Hypot"),
            ("c := fit.Config{Epochs: 3, Batch", "Batch", "BatchSize"),
            ("clip := optim.Adam(0.1).With(optim.ClipByNorm{", "", "Max"),
        ):
            asked = self.session.client.complete(code)
            reply = self.answer(asked)
            self.assertIn(want, reply["matches"])
            self.wait_until_idle(asked)
            self.assertEqual(code[reply["cursor_start"]:reply["cursor_end"]], typed)
        for code, cursor, want in (
            ("x := math.Floor(2)", 11, "greatest integer"),
            ("nn.Dense{", 9, "size of the output"),
            ("c := fit.Config{}\nc.Epochs", 26, "field Epochs int"),
            ("func f() int { return 1 }\nf()", 27, "func f() int"),
        ):
            self.assertIn(want, self.help_on(code, cursor))
        self.assertEqual("{}", self.help_on("nn.L", 4), "JupyterLab asks that, too, while it lists what could stand there")
        found = self.help_on("x := optim.Adam(2)", 12)
        self.assertIn("Keras' Adam", found)
        self.assertNotIn("pkg.go.dev", found, "which has no page of it")

    def wait_until_idle(self, asked):
        """The kernel says so for each request, and JupyterLab takes no answer for whole before it."""
        while True:
            message = self.session.client.get_iopub_msg(timeout=test_kernel.PATIENCE)
            if message["parent_header"].get("msg_id") == asked and message["content"].get("execution_state") == "idle":
                return

    def test_upstreams_ways(self):
        self.assert_shows("%%\nx := 1\nfmt.Print(x)", "1")
        self.assert_shows('func main() { fmt.Print("own") }', "own")
        self.assert_shows("%% a\nfmt.Print(len(os.Args))", "2")
        self.assert_shows("%%bash\necho hi", "hi\n")
        self.assert_shows("!echo hi\ny := 2\ny", "hi\n2")
        status, shown, error, _, _ = self.cell("func TestOne(t *testing.T) { t.Log(1) }\n%test")
        self.assertEqual(status, "ok", error)
        self.assertIn("PASS", shown)


if __name__ == "__main__":
    unittest.main(verbosity=2)
