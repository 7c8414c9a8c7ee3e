package loop

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// wherePlacesOfParameters looks for the making of the optimizer, or for a list of layers that the model doesn't know.
func wherePlacesOfParameters(r *Recording, f *Finding) located {
	if f.way == "strangers" {
		var lists []*Place
		for i := range r.Source.Places {
			if p := &r.Source.Places[i]; p.Kind == "list" {
				lists = append(lists, p)
			}
		}
		lists = apart(lists)
		if at := one(lists); at != nil {
			return located{at: lists, edits: []Edit{instead(at, at.Without)}}
		}
		if len(lists) == 0 { // a layer that is made later than the optimizer, at the first call perhaps
			return located{at: apart(r.Source.of("optimizer"))}
		}
		return located{at: lists}
	}
	all := apart(r.Source.of("optimizer"))
	at := one(all)
	if at == nil || len(at.Around) != 2 {
		return located{at: all}
	}
	later := where(r.Source.of("model"), func(p *Place) bool { return p.beside(at) && p.Line.Line > at.Last && slices.Equal(p.Loops, at.Loops) })
	name := at.NamesHere["model"] // of the function itself: elsewhere the same name may be another model's
	switch {
	case len(later) > 0 && f.way != "missing" && at.Of == "":
		return located{at: all}
	case len(later) > 0 && f.way != "missing":
		return located{at: all, edits: []Edit{gone(at), behind(later[len(later)-1], at.Statement)}}
	case name == "":
		return located{at: all}
	case at.Listed != "":
		var more []string
		for _, part := range r.pieces(f.missing) {
			given := called(name, part.name)
			switch {
			case at.Listed == "groups" && part.whole:
				given = fmt.Sprintf(`{"params": %s.parameters()}`, given)
			case at.Listed == "groups":
				given = fmt.Sprintf(`{"params": [%s]}`, given)
			case part.whole:
				given = "*" + given + ".parameters()"
			}
			more = append(more, given)
		}
		given := strings.TrimRight(strings.TrimSuffix(strings.TrimSpace(at.Given), "]"), ", \t\r\n")
		return located{at: all, edits: []Edit{instead(at, at.Around[0]+given+", "+strings.Join(more, ", ")+"]"+at.Around[1])}}
	}
	return located{at: all, edits: []Edit{instead(at, at.Around[0]+name+".parameters()"+at.Around[1])}}
}

// piece is a layer of the model's, or one parameter.
type piece struct {
	name  string
	whole bool // a layer, whose parameters are all meant
}

// pieces are the largest layers that have none but some parameters, and those that are in none, by themselves.
func (r *Recording) pieces(parameters []int) (pieces []piece) {
	for _, i := range parameters {
		name := r.Parameters[i].Name
		found := piece{name, false}
		for at := range name {
			if name[at] == '.' && r.allAmong(name[:at+1], parameters) {
				found = piece{name[:at], true}
				break
			}
		}
		if !slices.Contains(pieces, found) {
			pieces = append(pieces, found)
		}
	}
	return pieces
}

func (r *Recording) allAmong(prefix string, parameters []int) bool {
	for i, p := range r.Parameters {
		if p.Model && strings.HasPrefix(p.Name, prefix) && !slices.Contains(parameters, i) {
			return false
		}
	}
	return true
}

var isIdentifier = regexp.MustCompile(`^[\pL_][\pL\pN_]*$`)

// called is a model's part in Python: model.layers[0].fc of layers.0.fc.
func called(model, part string) string {
	for name := range strings.SplitSeq(part, ".") {
		if _, err := strconv.Atoi(name); err == nil {
			model += "[" + name + "]"
		} else if isIdentifier.MatchString(name) {
			model += "." + name
		} else {
			model += fmt.Sprintf("[%q]", name)
		}
	}
	return model
}

// losses are the places at which the loss is computed, those of the innermost function where one calls another.
func (r *Recording) lossPlaces() []*Place {
	return apart(r.Source.of("loss"))
}

func whereBroadcast(r *Recording, f *Finding) located {
	all := where(r.lossPlaces(), func(p *Place) bool { return len(p.Targets) == 3 })
	if returned := where(all, func(p *Place) bool { return strings.HasPrefix(p.Statement, "return ") }); len(returned) > 0 {
		all = returned
	}
	if len(all) == 0 {
		all = apart(where(r.Source.of("difference"), func(p *Place) bool { return len(p.Targets) == 3 }))
	}
	at := one(all)
	if at == nil {
		return located{at: all}
	}
	if f.way == acrossAxes { // which axis is one too many, a line doesn't show
		return located{at: all}
	}
	shape := "unsqueeze(-1)"
	for k := range r.Steps {
		if y := r.Steps[k].named("y"); len(y) == 1 && len(y[0].Shape) > 1 {
			shape = "squeeze(-1)"
		}
	}
	return located{at: all, edits: []Edit{instead(at, at.Targets[0]+at.Targets[1]+"."+shape+at.Targets[2])}}
}

// functional are the functions of PyTorch's losses.
var functional = map[string]string{"MSELoss": "mse_loss", "L1Loss": "l1_loss", "SmoothL1Loss": "smooth_l1_loss", "HuberLoss": "huber_loss", "CrossEntropyLoss": "cross_entropy", "BCEWithLogitsLoss": "binary_cross_entropy_with_logits", "BCELoss": "binary_cross_entropy", "NLLLoss": "nll_loss"}

func whereOtherLoss(r *Recording, f *Finding) located {
	all := apart(append(r.Source.of("loss"), r.Source.of("criterion")...))
	pick := func(with func(p *Place) string) located {
		found := where(all, func(p *Place) bool { return with(p) != "" })
		if at := one(found); at != nil {
			return located{at: found, edits: []Edit{instead(at, with(at))}}
		}
		return located{at: found}
	}
	switch {
	case f.way == viewedForPermuted:
		return whereViewed(r)
	case f.way == withinModel:
		return r.whereWithin("softmax")
	case f.way == sigmoidInModel:
		return r.whereWithin("sigmoid")
	case f.way == maximized:
		return located{at: apart(r.Source.of("optimizer"))}
	case f.way == softmaxOfBatch: // it is needed, over another axis
		return located{at: apart(r.Source.of("activation"))}
	case f.way == argumentsSwapped:
		return located{at: all}
	case f.way == likelihoodOfProbabilities: // another loss of the same probabilities is no better
		return located{at: where(all, func(p *Place) bool { return p.Name == "nll_loss" || p.Name == "NLLLoss" })}
	case f.way != likelihoodOfScores && strings.Contains(f.way, "softmax") || strings.Contains(f.way, "sigmoid"):
		return withoutActivation(apart(r.Source.of("activation")))
	case strings.HasPrefix(f.way, "its sum"):
		return pick(func(p *Place) string { return p.Mean })
	case f.way == turned || f.way == turnedBehind:
		all = apart(append(all, r.Source.of("backward")...))
		found := pick(func(p *Place) string { return p.Turned })
		if len(found.at) == 1 && isItself(found.at[0].Turned) {
			found.edits = []Edit{gone(found.at[0])}
		}
		if len(found.at) == 0 && f.way == turned { // a sign that isn't there
			found.at = r.lossPlaces()
			if name, value, set := strings.Cut(oneLoss(found.at), " = "); set && isIdentifier.MatchString(name) {
				found.edits = []Edit{instead(found.at[0], name+" = -("+value+")")}
			}
		}
		return found
	case f.way == "scaled":
		return pick(func(p *Place) string { return p.Unscaled })
	case f.way != "":
		return pick(func(p *Place) string {
			class := r.lossName()
			name := class
			if slices.Contains([]string{"l1_loss", "mse_loss", "smooth_l1_loss", "huber_loss", "nll_loss", "cross_entropy", "binary_cross_entropy", "binary_cross_entropy_with_logits", "poisson_nll_loss", "multi_margin_loss"}, p.Name) {
				name = functional[class]
			} else if !strings.HasSuffix(p.Name, "Loss") {
				return ""
			}
			if len(p.Call) != 2 || name == "" || p.Name == name || strings.Count(p.Statement, p.Call[1]) != 1 {
				return ""
			}
			return strings.Replace(p.Statement, p.Call[0], strings.TrimSuffix(p.Call[0], p.Name)+name, 1)
		})
	}
	return located{}
}

// How a loss goes uphill: it is turned around itself, or what is differentiated is.
const (
	turned       = "turned"
	turnedBehind = "turned at backward"
	maximized    = "maximized"
)

// oneLoss is the statement of the only place; empty: there are none or several.
func oneLoss(places []*Place) string {
	if at := one(places); at != nil {
		return at.Statement
	}
	return ""
}

// isItself reports whether a statement sets a name to itself, as what is left of loss = -loss does.
func isItself(statement string) bool {
	name, value, set := strings.Cut(withoutComment(statement), " = ")
	return set && name == value
}

func whereMisaligned(r *Recording, f *Finding) located {
	switch f.way {
	case "reordered":
		found := apart(where(r.Source.of("forward"), func(p *Place) bool { return p.Own != "" && p.Given != r.Source.Names["x"] && len(p.Loops) > 0 }))
		if at := one(found); at != nil {
			return located{at: found, edits: []Edit{instead(at, at.Own)}}
		}
		return located{at: found}
	case "rows":
		return r.whereOrders()
	case orderAlone, twoLoaders, rowsDropped:
		at, _, _ := r.parted()
		return located{at: at}
	case otherRow:
		if l := r.whereOrders(); len(l.at) > 0 {
			return l
		}
		return located{at: apart(where(r.Source.of("rows"), func(p *Place) bool { return slices.Contains(p.Names, r.Source.Names["y"]) }))}
	}
	found := where(r.lossPlaces(), func(p *Place) bool { return p.Own != "" })
	if at := one(found); at != nil {
		return located{at: found, edits: []Edit{instead(at, at.Own)}}
	}
	return located{at: found}
}

// whereOrders looks for an order of x alone, or for one of x and another one of y.
func (r *Recording) whereOrders() located {
	backward, _ := r.steps()
	if backward = r.home(backward); backward == nil || len(backward.Loops) == 0 {
		return located{at: r.permutedAlone()} // of a dataset's own
	}
	within := func(p *Place) bool { return p.beside(backward) && slices.Contains(p.Loops, backward.Loops[0]) }
	orders := apart(where(r.Source.of("order"), func(p *Place) bool { return within(p) && len(p.Names) == 1 && strings.Count(p.Set, p.Given) == 1 }))
	switch len(orders) {
	case 1:
		at := orders[0]
		partner := ""
		for _, rows := range where(r.Source.of("rows"), within) {
			x, y := rows.Pairs[r.Source.Names["x"]], rows.Pairs[r.Source.Names["y"]]
			switch at.Names[0] {
			case x:
				partner = y
			case y:
				partner = x
			}
		}
		if partner == "" {
			return located{at: orders}
		}
		return located{at: orders, edits: []Edit{instead(at, fmt.Sprintf("order = %s\n%s, %s = %[2]s[order], %[3]s[order]", at.Given, at.Names[0], partner))}}
	case 2:
		x, y := orders[0], orders[1]
		if !x.sameLoop(y) || x.Names[0] != r.Source.Names["x"] && x.Names[0] != r.Source.Names["y"] {
			return located{at: orders}
		}
		return located{at: orders[1:], edits: []Edit{instead(x, "rows = "+x.Given+"\n"+strings.Replace(x.Set, x.Given, "rows", 1)), instead(y, strings.Replace(y.Set, y.Given, "rows", 1))}}
	}
	if l := r.whereTaken(within); len(l.at) > 0 {
		return l
	}
	zipped := apart(where(r.Source.of("loop"), func(p *Place) bool {
		return p.beside(backward) && strings.HasPrefix(p.Over, "zip(") && slices.Contains(backward.Loops, p.Line.Line)
	}))
	return located{at: zipped}
}
