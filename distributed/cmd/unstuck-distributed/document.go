package main

import (
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/loop"
)

// tableDocument is a table as JSON.
type tableDocument struct {
	Monitor string        `json:"monitor"`
	Highest bool          `json:"highest"`
	Enough  bool          `json:"enough"` // it ended because a trial reached the goal
	Rows    []rowDocument `json:"rows"`   // best first
}

type rowDocument struct {
	Settings map[string]string `json:"settings"`
	Score    loop.Number       `json:"score"` // the median over the seeds; null: half of them diverged or failed
	Diverged int               `json:"diverged"`
	Failed   int               `json:"failed"`
	Trials   []trialDocument   `json:"trials"`
}

type trialDocument struct {
	Seed       int64         `json:"seed"`
	Score      loop.Number   `json:"score"`
	Loss       []loop.Number `json:"loss"`
	Validation []loop.Number `json:"val_loss,omitempty"`
	Err        string        `json:"error,omitempty"`
	Seconds    float64       `json:"seconds"`
}

func newTableDocument(t explore.Table, enough bool) tableDocument {
	d := tableDocument{Monitor: t.Monitor, Highest: t.Highest, Enough: enough, Rows: []rowDocument{}}
	for _, r := range t.Rows {
		row := rowDocument{Settings: map[string]string{}, Score: loop.Number(r.Score), Diverged: r.Diverged, Failed: r.Failed}
		for _, s := range r.Settings {
			row.Settings[s.Axis] = s.Label
		}
		for _, t := range r.Trials {
			row.Trials = append(row.Trials, trialDocument{
				Seed: t.Seed, Score: loop.Number(t.Score), Loss: numbers(t.Loss), Validation: numbers(t.Validation), Err: t.Err, Seconds: t.Duration.Seconds(),
			})
		}
		d.Rows = append(d.Rows, row)
	}
	return d
}

func numbers(values []float64) []loop.Number {
	all := make([]loop.Number, len(values))
	for i, v := range values {
		all[i] = loop.Number(v)
	}
	return all
}
