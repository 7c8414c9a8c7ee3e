package cases

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
)

// Label is what was proved of a case, see [Prove] and [Also].
type Label struct {
	Stuck []*float64 `json:"stuck"` // explained as given, with each seed; nil: no number
	Cured []*float64 `json:"cured"` // with the fault undone
	Also  []string   `json:"also,omitempty"`
}

//go:embed labels.json
var proved []byte

// Labels are the proofs of all cases, by id, as they were written down when all of them were last proved.
func Labels() (map[string]Label, error) {
	labels := map[string]Label{}
	if err := json.Unmarshal(proved, &labels); err != nil {
		return nil, fmt.Errorf("labels.json: %w", err)
	}
	return labels, nil
}

// Accept are the causes that are right for a case.
func (l Label) Accept(c Case) []string { return append([]string{c.Cause}, slices.Clone(l.Also)...) }

// Proof is what the label says was measured.
func (l Label) Proof() Proof { return Proof{plain(l.Stuck), plain(l.Cured)} }

// LabelOf writes a proof down.
func LabelOf(p Proof, also []string) Label { return Label{orNil(p.Stuck), orNil(p.Cured), also} }
