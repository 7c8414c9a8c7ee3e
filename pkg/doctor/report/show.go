package report

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/notebook"
)

func init() { notebook.Register(ShowOn) }

// Show displays the report: in a notebook the verdict, the figures and the tables, in a terminal the text. So does [notebook.Show] where
// this package is imported; else it shows the report's String.
func Show(r *doctor.Report) error { return ShowOn(notebook.Default(), r) }

// ShowOn is [Show] on a display of the caller's choice.
func ShowOn(d notebook.Display, r *doctor.Report) error {
	if err := d.Show(notebook.Bundle{Data: map[string][]byte{notebook.Plain: []byte(Text(r))}}); err != nil {
		return err
	}
	for _, fig := range Figures(r) {
		if err := notebook.ShowOn(d, fig); err != nil {
			return err
		}
	}
	return nil
}
