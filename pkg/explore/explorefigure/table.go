package explorefigure

import (
	"example.com/unstuck/pkg/explore"
	"example.com/unstuck/pkg/notebook"
)

func init() { notebook.Register(showTable) }

// showTable has a search's table shown as one, by [notebook.Show] and as a cell's last line.
func showTable(d notebook.Display, t explore.Table) error {
	return notebook.ShowTableOn(d, notebook.Table{Columns: t.Columns(), Rows: t.Cells()})
}
