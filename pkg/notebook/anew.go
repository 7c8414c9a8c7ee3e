package notebook

import (
	"fmt"
	"io"
	"os"
)

// Anew says on stderr that a variable has its first value again, though a function has changed it in an earlier cell, and why. Unstuck's
// kernels call it in the first later cell that uses such a variable.
func Anew(name string, cell int, why string) { tellAnew(os.Stderr, name, cell, why) }

func tellAnew(w io.Writer, name string, cell int, why string) {
	fmt.Fprintf(w, "%s has its first value again: what cell [%d] made of it isn't kept, as %s. Return it from the function instead, or fill it in the cell that uses it.\n", name, cell, why)
}
