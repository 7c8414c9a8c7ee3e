package kernels

import (
	"os"
	"path/filepath"
)

// goplsMemory bounds the memory of a kernel's gopls, which on a cold cache takes all there is before it gives some back:
// what it works out stays on disk, so the bound costs time only. GOMEMLIMIT is the user's to set otherwise.
const goplsMemory = "384MiB"

// calmScript starts the program beside it that has ".real" behind its name, as one that waits for others.
const calmScript = "#!/bin/sh\nexport GOMEMLIMIT=\"${GOMEMLIMIT:-" + goplsMemory + "}\" GOGC=\"${GOGC:-25}\"\nexec nice -n 10 \"$0.real\" \"$@\"\n"

// calm puts a gopls into folder that leaves the processor to the cells: gopls looks at all packages again behind each
// cell, for half a second, which a notebook that is run from top to bottom would wait for. It returns the folder to look
// for programs in before tools.
func calm(folder, tools string) (string, error) {
	programs := filepath.Join(folder, "programs")
	if err := os.Mkdir(programs, 0o755); err != nil {
		return "", err
	}
	gopls := filepath.Join(programs, "gopls")
	if err := os.WriteFile(gopls, []byte(calmScript), 0o755); err != nil {
		return "", err
	}
	return programs, os.Symlink(filepath.Join(tools, "gopls"), gopls+".real")
}
