package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// label is what is known of a case.
type label struct {
	Cause  string   `json:"cause"`
	Accept []string `json:"accept"`
	After  after    `json:"explained_after"`

	fixed, cures bool // whether it is curable is known, and not to be read off After; whether it is
}

// after holds what each intervention explained in the end, nil where it came to no number. A single number in the file is the remedy's.
type after map[string]*float64

func (a *after) UnmarshalJSON(text []byte) error {
	var one *float64
	if json.Unmarshal(text, &one) == nil {
		*a = after{"remedy": one}
		return nil
	}
	return json.Unmarshal(text, (*map[string]*float64)(a))
}

func (l label) healthy() bool { return l.Cause == "healthy" }

// curable tells whether something undoes the fault with the data at hand. Overfitting is cured by more rows,
// which a doctor doesn't have, unless another intervention does it too.
func (l label) curable() bool {
	if l.fixed {
		return l.cures
	}
	switch l.Cause {
	case "healthy", "no-signal":
		return false
	case "overfitting":
		for name, v := range l.After {
			if name != "remedy" && v != nil && *v > 0.5 {
				return true
			}
		}
		return false
	}
	return true
}

func readLabels(folder string) (map[string]label, []string, error) {
	content, err := os.ReadFile(filepath.Join(folder, "labels.json"))
	if err != nil {
		return nil, nil, err
	}
	labels := map[string]label{}
	if err := json.Unmarshal(content, &labels); err != nil {
		return nil, nil, fmt.Errorf("%s: labels.json: %w", folder, err)
	}
	return labels, slices.Sorted(maps.Keys(labels)), nil
}
