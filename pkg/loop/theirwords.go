package loop

import (
	"regexp"
	"slices"
	"strings"
)

// ownName is a name in the usual changes that a program may have another one for, ahead of what shows that it isn't just a word; or a word.
var ownName = regexp.MustCompile(`\bthe (?:optimizer|model|scheduler|scaler)\b|(^|[^\w.])(optimizer|model|scheduler|scaler)(\.|\(|\)|,| =)`)

// ofTheBatch are names of what a loop has of each batch, in code alone: in sentences they are words.
var ofTheBatch = regexp.MustCompile(`(^|[^\w.])(loss_fn|loss|x|y)(\.|\(|\)|,| =)`)

// withBatches are the causes whose usual changes speak of a loop's own batch, and not of all data.
var withBatches = []Cause{NoUpdate, GradientsAccumulate, GradientsCleared, GradientsChanged, Broadcast}

var isDotted = regexp.MustCompile(`^[\pL_][\pL\pN_]*(\.[\pL_][\pL\pN_]*)*$`)

// inTheirWords puts the program's names into the usual change, for what is called otherwise there; what isn't known stays as it is.
func (r *Recording) inTheirWords(f *Finding) {
	names := map[string]string{"optimizer": r.Source.Names["optimizer"], "model": r.Source.Names["model"], "scaler": r.Source.Names["scaler"]}
	only := func(name, own string) {
		if known, told := names[name]; told && known != own { // of several none is meant more than another
			own = ""
		}
		names[name] = own
	}
	for _, p := range r.Source.of("schedule") {
		only("scheduler", p.Of)
	}
	change := &f.Torch
	if r.Framework == kerasFramework {
		change = &f.Keras
	}
	*change = replaced(*change, ownName, names)
	if r.Framework == kerasFramework || !slices.Contains(withBatches, f.Cause) {
		return
	}
	names["x"], names["y"] = r.Source.Names["x"], r.Source.Names["y"]
	for _, p := range r.Source.of("backward") {
		only("loss", p.Of)
	}
	for _, p := range r.Source.of("loss") { // of the outputs and y, and not of x
		if len(p.Call) == 2 && len(p.Targets) == 3 && !strings.HasPrefix(p.Call[1], p.Call[0]+"("+names["x"]+",") {
			only("loss_fn", p.Call[0])
		}
	}
	lines := strings.Split(*change, "\n")
	for i, line := range lines {
		code, comment, commented := strings.Cut(line, "#")
		if lines[i] = replaced(code, ofTheBatch, names); commented {
			lines[i] += "#" + comment
		}
	}
	*change = strings.Join(lines, "\n")
}

// replaced is a text with a program's names, by those that the text has.
func replaced(text string, of *regexp.Regexp, names map[string]string) string {
	return of.ReplaceAllStringFunc(text, func(found string) string {
		parts := of.FindStringSubmatch(found)
		if name := names[parts[2]]; isDotted.MatchString(name) {
			return parts[1] + name + parts[3]
		}
		return found
	})
}
