package training

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"example.com/unstuck/pkg/optim"
)

// optimizer are the lines with another optimizer, rate, schedule or clip.
func (e *torchEditor) optimizer() {
	was, err := e.before.Optimizer.TorchCodeIn(e.place())
	if err != nil {
		return
	}
	is, err := e.after.Optimizer.TorchCodeIn(e.place())
	if err != nil {
		return
	}
	for _, h := range hunks(statements(was.Before), statements(is.Before)) {
		for i, line := range h.come {
			e.statement(line, h, i)
		}
		if len(h.come) == 0 {
			for _, line := range h.gone {
				e.add("left out", "# "+e.ofProgram(line))
			}
		}
	}
	e.updates(was.Update, is.Update)
	for _, d := range []struct {
		where   string
		was, is []string
	}{{"at the head of each batch", was.Start, is.Start}, {"at the end of each epoch", was.Epoch, is.Epoch}, {"after the training", was.After, is.After}} {
		if text := difference(d.was, d.is, "  # "); text != "" {
			e.add(d.where, strings.Split(e.ofProgram(text), "\n")...)
		}
	}
}

// place is what the optimizer's code stands in: the program's parameters.
func (e *torchEditor) place() optim.TorchPlace {
	place := optim.TorchPlace{Parameters: map[string][]string{}, EpochSteps: e.before.Steps()}
	for path, names := range e.source.Parameters {
		for _, name := range names {
			place.Parameters[path] = append(place.Parameters[path], modulePath("model", name))
		}
	}
	return place
}

// statements are lines, those that go on over several lines as one.
func statements(lines []string) []string {
	var all []string
	open := 0
	for _, line := range lines {
		if open > 0 || strings.HasPrefix(line, " ") && len(all) > 0 {
			all[len(all)-1] += "\n" + line
		} else {
			all = append(all, line)
		}
		open += strings.Count(line, "(") + strings.Count(line, "[") - strings.Count(line, ")") - strings.Count(line, "]")
	}
	return all
}

var rateArgument = regexp.MustCompile(`\blr\s*=\s*[^,()]+`)

// statement is a line that makes the optimizer or its scheduler, in place of the one that there was.
func (e *torchEditor) statement(line string, h hunk, i int) {
	what, value, _ := strings.Cut(line, " = ")
	given, named := e.source.Variables[what], e.named(what)
	line = e.ofProgram(line)
	if len(h.gone) == len(h.come) && named && given.Known() {
		if same := withoutRate(h.gone[i]) == withoutRate(h.come[i]); same && len(rateArgument.FindAllString(given.Text, -1)) == 1 {
			line = rateArgument.ReplaceAllLiteralString(given.Text, rateArgument.FindString(value))
		}
		e.add("in place of "+given.Line.String(), strings.Split(line, "\n")...)
		return
	}
	remark := ""
	if len(h.gone) == len(h.come) {
		was := strings.TrimPrefix(e.ofProgram(h.gone[i]), e.name(what)+" = ")
		if remark = "  # instead of " + was; strings.Contains(was, "\n") {
			remark = ""
		}
	}
	where := "where the optimizer is made"
	if !named && given.Known() {
		where = fmt.Sprintf("the optimizer, which %s line %d has as %s", given.File, given.Number, given.Text)
	}
	e.add(where, strings.Split(line+remark, "\n")...)
}

func withoutRate(line string) string { return rateArgument.ReplaceAllString(line, "") }

// ofProgram is code of an optimizer with the program's names.
func (e *torchEditor) ofProgram(code string) string {
	for _, what := range []string{"model", "optimizer", "scheduler"} {
		code = e.renamed(code, what)
	}
	return code
}

// updates are the lines around optimizer.step().
func (e *torchEditor) updates(was, is []string) {
	step := e.ofProgram("optimizer.step()")
	at := slices.Index(is, "optimizer.step()")
	between := "between loss.backward() and " + step
	if v := e.source.Variables["step"]; v.Known() {
		between = "before " + v.Line.String()
	}
	old := slices.Index(was, "optimizer.step()")
	if at < 0 || old < 0 {
		if text := difference(was, is, "  # "); text != "" {
			e.add("after loss.backward()", strings.Split(e.ofProgram(text), "\n")...)
		}
		return
	}
	for _, d := range []struct {
		where   string
		was, is []string
	}{{between, was[:old], is[:at]}, {"after " + step, was[old:], is[at:]}} {
		if text := difference(d.was, d.is, "  # "); text != "" {
			e.add(d.where, strings.Split(e.ofProgram(text), "\n")...)
		}
	}
}
