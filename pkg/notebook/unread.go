package notebook

import (
	"fmt"
	"io"
	"os"
)

// Unread says on standard error what the error of a variable is that nothing in a cell looks at, and what to do; nothing where
// it is nil. The cell goes on. Unstuck's kernels put it behind such a statement: h, err := model.Fit(…) as a cell's last
// line would fail without a word.
func Unread(name string, err error) { unreadOn(os.Stderr, name, err) }

func unreadOn(w io.Writer, name string, err error) {
	if err != nil {
		fmt.Fprintf(w, "%s: %s (nothing looks at this error: notebook.Check(%s) behind it ends the cell)\n", name, safely(err.Error), name)
	}
}
