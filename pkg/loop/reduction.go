package loop

import (
	"encoding/json"
	"maps"
)

// described is the claimed loss as PyTorch's recorder writes it.
type described struct {
	Class   string                     `json:"class"`
	Options map[string]json.RawMessage `json:"options"`
}

func (r *Recording) described() (d described) {
	if r.Loss != nil {
		_ = json.Unmarshal(r.Loss, &d) // what isn't there is empty
	}
	return d
}

// claimsWeights reports whether the claimed loss weighs classes or rows itself.
func (r *Recording) claimsWeights() bool {
	options := r.described().Options
	for _, name := range []string{"weight", "pos_weight"} {
		if w := options[name]; w != nil && string(w) != "null" {
			return true
		}
	}
	return false
}

// reductions are the recording with what a loss may be reduced to of which reduction="none" is claimed: the loop takes the mean or the sum itself. Of
// another loss it is the recording alone.
func (r *Recording) reductions() []*Recording {
	d := r.described()
	if r.Framework == kerasFramework || string(d.Options["reduction"]) != `"none"` {
		return []*Recording{r}
	}
	var all []*Recording
	for _, how := range []string{`"mean"`, `"sum"`} {
		d.Options = maps.Clone(d.Options)
		d.Options["reduction"] = json.RawMessage(how)
		text, err := json.Marshal(d)
		if err != nil {
			return []*Recording{r}
		}
		reduced := *r
		reduced.Loss = text
		all = append(all, &reduced)
	}
	return all
}
