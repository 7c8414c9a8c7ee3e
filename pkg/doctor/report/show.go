package report

import (
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/notebook"
)

// Show displays the report: in a notebook the verdict, the figures and the tables, in a terminal the text.
func Show(r *doctor.Report) error { return ShowOn(notebook.Default(), r) }

// ShowOn is [Show] on a display of the caller's choice.
func ShowOn(d notebook.Display, r *doctor.Report) error {
	page, err := HTML(r)
	if err != nil {
		return err
	}
	return d.Show(notebook.Bundle{Data: map[string][]byte{notebook.Plain: []byte(Text(r)), notebook.HTML: []byte(page)}})
}
