package doctor

import (
	"encoding/json"
	"math"

	"example.com/unstuck/pkg/training"
)

// MarshalJSON writes verdict, cause, start where there are given weights, assumed, explained_before, explained_after, ceiling (how much can be explained on unseen rows), findings with
// the code of their treatments in the report's languages, symptoms, all treatments that were tried, and unread, with path and text of each, where
// there is something; remark, on_validation and interrupted where they say something. What isn't a number is null.
func (r *Report) MarshalJSON() ([]byte, error) {
	j := reportJSON{
		Verdict: r.Verdict(), Cause: r.Cause, Start: r.Training.StartText(), Assumed: append([]training.Assumption{}, r.Training.Assumed...),
		Before: number(r.ExplainedBefore()), After: number(r.ExplainedAfter()), Ceiling: r.ceilingJSON(), OnValidation: r.OnValidation,
		Findings: []findingJSON{}, Symptoms: []symptomJSON{}, Treatments: []attemptJSON{},
		Remark: r.Remark, SeedLuck: r.SeedLuck, Interrupted: r.Interrupted, Unread: r.Unread,
	}
	for _, f := range r.Findings {
		j.Findings = append(j.Findings, findingJSON{f.Cause, f.Certainty(), f.Standing(), f.Evidence(), f.Treatment.Text, r.codeJSON(f.Treatment.Go, f.Treatment.Keras, f.Treatment.Torch), number(f.Before), number(f.After), f.Verified})
	}
	for _, s := range r.Symptoms {
		j.Symptoms = append(j.Symptoms, symptomJSON{s.Cause, s.Strength.String(), s.Gauge, number(s.Got), s.Limit, s.Text, s.Usual})
	}
	for _, a := range r.Attempts {
		one := attemptJSON{Causes: a.Causes, Texts: []string{}, codeJSON: r.codeJSON(a.Changes.Go, a.Changes.Keras, a.Changes.Torch),
			Loss: number(math.NaN()), Explained: number(math.NaN()), Cures: a.Cures, ToConstant: a.ToConstant}
		for _, t := range a.Treatments {
			one.Texts = append(one.Texts, t.Text)
		}
		if a.After != nil {
			one.Loss, one.Explained = number(a.After.Loss), number(r.explained(a.After))
		}
		if a.Err != nil {
			one.Error = a.Err.Error()
		}
		j.Treatments = append(j.Treatments, one)
	}
	return json.Marshal(j)
}

type reportJSON struct {
	Verdict      string                `json:"verdict"`
	Cause        Cause                 `json:"cause"`
	Start        string                `json:"start,omitempty"`
	Assumed      []training.Assumption `json:"assumed"`
	Before       number                `json:"explained_before"`
	After        number                `json:"explained_after"`
	Ceiling      *ceilingJSON          `json:"ceiling,omitempty"`
	OnValidation bool                  `json:"on_validation,omitempty"`
	Findings     []findingJSON         `json:"findings"`
	Symptoms     []symptomJSON         `json:"symptoms"`
	Treatments   []attemptJSON         `json:"treatments"`
	Remark       string                `json:"remark,omitempty"`
	SeedLuck     string                `json:"seed_luck,omitempty"`
	Interrupted  bool                  `json:"interrupted,omitempty"`
	Unread       training.Problems     `json:"unread,omitempty"`
}

type findingJSON struct {
	Cause     Cause     `json:"cause"`
	Certainty Certainty `json:"certainty"`
	Standing  string    `json:"standing"`
	Evidence  string    `json:"evidence"`
	Treatment string    `json:"treatment"`
	codeJSON
	Before   number `json:"before"`
	After    number `json:"after"`
	Verified bool   `json:"verified"`
}

// ceilingJSON is a [Ceiling].
type ceilingJSON struct {
	Explained number `json:"explained"`
	Deviation number `json:"deviation"`
	Judge     string `json:"judge,omitempty"`
	AtLeast   bool   `json:"at_least"`
	Rows      int    `json:"rows"`
	Text      string `json:"text"`
}

func (r *Report) ceilingJSON() *ceilingJSON {
	c := r.Ceiling
	if r.CeilingText() == "" {
		return nil
	}
	if !c.Known() {
		c.Explained, c.Deviation = math.NaN(), math.NaN()
	}
	return &ceilingJSON{number(c.Explained), number(c.Deviation), c.Judge, c.AtLeast, c.Rows, c.String()}
}

type symptomJSON struct {
	Cause    Cause  `json:"cause"`
	Strength string `json:"strength"`
	Gauge    string `json:"gauge"`
	Got      number `json:"measured"`
	Limit    string `json:"limit"`
	Text     string `json:"text"`
	Usual    bool   `json:"usual"`
}

// attemptJSON is what was tried: one treatment, or two or three together, with what changes in code.
type attemptJSON struct {
	Causes []Cause  `json:"causes"`
	Texts  []string `json:"treatments"`
	codeJSON
	Loss       number `json:"loss"`
	Explained  number `json:"explained"`
	Cures      bool   `json:"cures"`
	ToConstant bool   `json:"to_constant,omitempty"`
	Error      string `json:"error,omitempty"` // why it could not be run
}

// codeJSON is a change in those languages that the report is printed in.
type codeJSON struct {
	Go    string `json:"go,omitempty"`
	Keras string `json:"keras,omitempty"`
	Torch string `json:"torch,omitempty"`
}

func (r *Report) codeJSON(inGo, inKeras, inTorch string) (c codeJSON) {
	for _, l := range r.PrintedIn() {
		switch l {
		case training.Go:
			c.Go = inGo
		case training.Keras:
			c.Keras = inKeras
		case training.PyTorch:
			c.Torch = inTorch
		}
	}
	return c
}

// number is a float64 that is null in JSON where JSON has no number for it.
type number float64

// MarshalJSON implements json.Marshaler.
func (n number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}
