package loopreport

import (
	"example.com/unstuck/pkg/loop"
	"example.com/unstuck/pkg/notebook"
)

func init() { notebook.Register(ShowOn) }

// Show displays the report: in a notebook its text and the figures, in a terminal the text of both. So does [notebook.Show] where this
// package is imported.
func Show(r *loop.Report) error { return ShowOn(notebook.Default(), r) }

// ShowOn is [Show] on a display of the caller's choice.
func ShowOn(d notebook.Display, r *loop.Report) error {
	if err := d.Show(notebook.Bundle{Data: map[string][]byte{notebook.Plain: []byte(r.Text())}}); err != nil {
		return err
	}
	for _, fig := range Figures(r) {
		if err := notebook.ShowOn(d, fig); err != nil {
			return err
		}
	}
	return nil
}
