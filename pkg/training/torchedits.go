package training

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"example.com/unstuck/internal/naturalorder"
)

// torchEdits is what changes in a program of PyTorch's that somebody has: the lines to be written, each under a comment that says
// where. Names are the program's own, as far as its Source has them:
//
//	# in place of train.py line 31, optimizer = torch.optim.Adam(model.parameters(), lr=1e-5):
//	optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
func torchEdits(before, after Training) string {
	e := &torchEditor{before: before, after: after, source: before.Source}
	e.data()
	e.targets()
	e.model()
	e.redraw()
	e.losses()
	e.optimizer()
	e.loop()
	return e.text()
}

type torchEditor struct {
	before, after Training
	source        Source
	edits         []torchEdit
	penalties     []string // that the loss has now
}

// torchEdit are lines for one place of a program.
type torchEdit struct {
	where string   // "in place of train.py line 31, …"
	lines []string // none: where says it all
}

func (e *torchEditor) add(where string, lines ...string) {
	if len(lines) == 0 {
		return
	}
	if last := len(e.edits) - 1; last >= 0 && e.edits[last].where == where {
		e.edits[last].lines = append(e.edits[last].lines, lines...)
		return
	}
	e.edits = append(e.edits, torchEdit{where, lines})
}

func (e *torchEditor) text() string {
	var lines []string
	for _, edit := range e.edits {
		if len(edit.lines) == 0 {
			lines = append(lines, "# "+edit.where)
			continue
		}
		lines = append(lines, "# "+strings.TrimSuffix(edit.where, ":")+":")
		lines = append(lines, edit.lines...)
	}
	if len(lines) > mostLines {
		lines = append(lines[:mostLines-1], fmt.Sprintf("# … and %d more lines", len(lines)-mostLines+1))
	}
	return strings.Join(lines, "\n")
}

// name is what the program calls a part of the training.
func (e *torchEditor) name(what string) string {
	v := e.source.Variables[what]
	if v.Name == "" || !v.Known() && !strings.HasPrefix(v.Name, "self.") && (what == "loss" || what == "epochs") {
		return what
	}
	return v.Name
}

// named reports whether the program has it in a variable that it sets itself.
func (e *torchEditor) named(what string) bool {
	v := e.source.Variables[what]
	return v.Name != "" && (v.Known() || strings.HasPrefix(v.Name, "self."))
}

// String is "train.py line 31, model = Net()".
func (l Line) String() string {
	text, _, more := strings.Cut(l.Text, "\n")
	if more {
		text += " …"
	}
	if text != "" {
		text = ", " + text
	}
	return fmt.Sprintf("%s line %d%s", l.File, l.Number, text)
}

// at is where a part of the training is set, or the words for it.
func (e *torchEditor) at(preposition, what, otherwise string) string {
	if v := e.source.Variables[what]; v.Known() && v.Name != "" {
		return preposition + " " + v.Line.String()
	}
	return otherwise
}

// data are the lines that prepare the arrays.
func (e *torchEditor) data() {
	if len(e.after.prepared) <= len(e.before.prepared) {
		return
	}
	var lines []string
	for _, p := range e.after.prepared[len(e.before.prepared):] {
		lines = append(lines, p.python...)
	}
	if strings.Contains(strings.Join(lines, "\n"), "np.") {
		lines = append([]string{"import numpy as np"}, lines...)
	}
	for i, line := range lines {
		code, remark, _ := strings.Cut(line, "  # ")
		if remark != "" {
			remark = "  # " + remark
		}
		for _, what := range []string{"x", "y"} {
			code = e.renamed(code, what)
		}
		lines[i] = code + remark
	}
	e.add(e.behindData(lines), lines...)
}

// behindData says where lines about the arrays belong: behind the last that makes one of them.
func (e *torchEditor) behindData(lines []string) string {
	var last Variable
	text := strings.Join(lines, "\n")
	for _, what := range []string{"x", "y"} {
		if v := e.source.Variables[what]; v.Name != "" && v.Number > last.Number && word(v.Name).MatchString(text) {
			last = v
		}
	}
	if _, apart := e.source.Variables["y"]; !apart && last.Known() { // a DataLoader or a Dataset
		return fmt.Sprintf("before %s, on what it is made of, x and y here", last.Line)
	}
	if last.Known() {
		return "after " + last.Line.String()
	}
	return "where x and y, all rows, are made"
}

func word(w string) *regexp.Regexp { return regexp.MustCompile(`\b` + regexp.QuoteMeta(w) + `\b`) }

// renamed is code with the program's own name for a part of the training.
func (e *torchEditor) renamed(code, what string) string {
	if what == "x" || what == "y" {
		if _, apart := e.source.Variables["y"]; !apart || !regexp.MustCompile(`^[A-Za-z_][\w.]*$`).MatchString(e.name(what)) {
			return code
		}
	}
	if e.name(what) == what {
		return code
	}
	return word(what).ReplaceAllLiteralString(code, e.name(what))
}

// batchShapes are those of batches of the inputs.
func (t Training) batchShapes() [][]int {
	shapes := t.RowShapes()
	for i, s := range shapes {
		shapes[i] = append([]int{max(1, t.BatchSize)}, s...)
	}
	return shapes
}

// redraw are the lines that draw the weights anew.
func (e *torchEditor) redraw() {
	if !e.before.Started() || e.after.Started() {
		return
	}
	model := e.name("model")
	var lines []string
	seen := map[string]bool{}
	for _, path := range slices.SortedFunc(maps.Keys(e.source.Parameters), naturalorder.Compare) {
		o := e.source.Operations[strings.TrimPrefix(path[:strings.LastIndex(path, "/")], "/")]
		if !o.OfModule() || seen[o.Module] {
			continue
		}
		seen[o.Module] = true
		if strings.HasSuffix(o.Class, ".MultiheadAttention") {
			lines = append(lines, modulePath(model, o.Module)+"._reset_parameters()", modulePath(model, o.Module)+".out_proj.reset_parameters()")
			continue
		}
		lines = append(lines, modulePath(model, o.Module)+".reset_parameters()")
	}
	if len(lines) == 0 || len(lines) > mostResets {
		lines = strings.Split(strings.Replace(torchRedraw, "model", model, 1), "\n")
	}
	// Behind all lines that set weights by hand, which stand somewhere behind the one that makes the model.
	where := "after all lines that make the model, which is called " + model + " here, and set its weights; before the optimizer"
	e.add(e.at("before", "optimizer", where), lines...)
}

const mostResets = 8 // beyond them a loop is shorter

func (e *torchEditor) behindModel() string {
	return e.at("after", "model", "after the line that makes the model, which is called "+e.name("model")+" here, and before the optimizer")
}

// loop are the changes of the loop: penalties, epochs, an early end.
func (e *torchEditor) loop() {
	if len(e.penalties) > 0 {
		where := "before loss.backward()"
		if v := e.source.Variables["backward"]; v.Known() {
			where = "before " + v.Line.String()
		}
		name, _, _ := strings.Cut(e.source.Variables["backward"].Text, ".backward(")
		if name == "" || strings.ContainsAny(name, "()[] ") {
			name = "loss"
		}
		e.add(where, name+" = "+name+" + "+strings.Join(e.penalties, " + "))
	}
	if e.before.Epochs != e.after.Epochs {
		loop, epochs := e.source.Variables["loop"], e.source.Variables["epochs"]
		switch n := fmt.Sprint(e.after.Epochs); {
		case e.named("epochs") && epochs.Known():
			e.add("in place of "+epochs.Line.String(), epochs.Name+" = "+n)
		case loop.Known() && regexp.MustCompile(`range\([^()]*\)`).MatchString(loop.Text):
			e.add("in place of "+loop.Line.String(), regexp.MustCompile(`range\([^()]*\)`).ReplaceAllLiteralString(loop.Text, "range("+n+")"))
		default:
			e.add("the loop over the epochs", "for epoch in range("+n+"):  # instead of range("+fmt.Sprint(e.before.Epochs)+")")
		}
	}
	if e.before.StopEarly != e.after.StopEarly {
		model := e.name("model")
		e.add("before the loop over the epochs", "import copy", "lowest, lowest_epoch, weights = float('inf'), 0, copy.deepcopy("+model+".state_dict())")
		e.add("at the end of each epoch, validation being its loss on the validation rows", "if validation < lowest:",
			"    lowest, lowest_epoch, weights = validation, epoch, copy.deepcopy("+model+".state_dict())",
			fmt.Sprintf("if epoch - lowest_epoch >= %d:", e.after.StopEarly), "    break")
		e.add("after the loop over the epochs", model+".load_state_dict(weights)")
	}
}
