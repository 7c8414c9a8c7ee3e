package loop

import (
	"encoding/json"
	"slices"
	"strings"
)

// weights of how a graph is cut, the first the likeliest: what makes a leaf anew is often there because something else has cut.
var cuts = []string{"no_grad", "inference_mode", "set_grad_enabled", "argmax", "argmin", "multinomial", "bucketize", "searchsorted", "round", "numpy", "tolist", "detach", "detach_", "data", "Variable", "Parameter", "tensor", "as_tensor", "from_numpy", "item", "requires_grad_"}

// ofIndices is how a loss is cut off by the numbers of the largest outputs.
const ofIndices = "of indices"

// whereCut looks for what cuts the graph.
func whereCut(r *Recording, f *Finding) located {
	var all []*Place
	for i := range r.Source.Places {
		if p := &r.Source.Places[i]; p.Kind == "cut" && (f.Cause == Detached || !p.Forward) {
			all = append(all, p)
		}
	}
	if len(all) == 0 {
		return located{}
	}
	slices.SortStableFunc(all, func(p, q *Place) int { return slices.Index(cuts, p.How) - slices.Index(cuts, q.How) })
	anew := where(all, func(p *Place) bool { return p.How != "requires_grad_" })
	if len(anew) > 0 {
		all = anew
	}
	all = apart(all)
	at := one(all)
	switch {
	case at == nil:
		return located{at: all}
	case at.How == "argmax" || at.How == "argmin":
		f.by(ofIndices)
		if r.claimedClass() == "CrossEntropyLoss" { // the program's own may be another by now, one that takes class numbers
			f.Torch = strings.Replace(f.Torch, "loss_fn(", "F.cross_entropy(", 1)
		}
		r.inTheirWords(f)
	case isDotted.MatchString(at.Without) || at.ofItself(): // outputs.detach_(), loss = Variable(loss)
		return located{at: all, edits: []Edit{gone(at)}}
	case at.Without != "":
		return located{at: all, edits: []Edit{instead(at, at.Without)}}
	case strings.HasPrefix(at.How, "tensor") && strings.Contains(at.Line.Text, ".item()"):
		return located{at: all, edits: []Edit{gone(at)}}
	}
	return located{at: all}
}

// claimedClass is the name of the claimed loss; empty: none is claimed, or it is the user's own.
func (r *Recording) claimedClass() string {
	var loss struct {
		Class string `json:"class"`
	}
	if json.Unmarshal(r.Loss, &loss) != nil {
		return ""
	}
	return loss.Class
}

// ofItself reports whether a statement without its cut would give a name what it has already.
func (p *Place) ofItself() bool {
	name, value, is := strings.Cut(p.Without, " = ")
	return is && name == value
}
