package notebook

import (
	"fmt"
	"io"
	"os"
)

// NoInput says on standard error that a cell has no terminal to read from, and what to do in place of it. Unstuck's kernels put it ahead of
// cells that call what is named, such as fmt.Scanln, and open no box to type into: these wait for ever.
func NoInput(reads string) { noInputOn(os.Stderr, reads) }

func noInputOn(w io.Writer, reads string) {
	fmt.Fprintf(w, "%s waits for what nobody can type here: interrupt the cell (■), and set the value in it, or open a box ahead of it by gonbui.RequestInput(\"How many? \", false), of github.com/janpfeifer/gonb/gonbui. (%%with_inputs is for shell commands: !…)\n", reads)
}
