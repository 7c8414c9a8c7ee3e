package kernels

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// folderPrefix starts the name of a running kernel's folder.
const folderPrefix = "unstuck-"

// longestFolder bounds the path of a kernel's folder: gopls opens a socket in it (…/gonb_12345678/gopls_socket), and
// a socket's path has at most 103 characters on macOS, 107 on Linux.
const longestFolder = 103 - len("/gonb_12345678/gopls_socket")

// newFolder makes the folder that holds everything a running kernel writes: GoNB's workspace, its logs, its pipes, and
// the temporary files of the cells. All names are of one length, so that a kernel can use the programs of another: see [keptLink].
func newFolder() (string, error) {
	parent := os.TempDir()
	if len(filepath.Join(parent, folderPrefix+"12345678")) > longestFolder {
		parent = "/tmp"
	}
	for {
		folder := filepath.Join(parent, fmt.Sprintf("%s%08x", folderPrefix, rand.Uint32()))
		err := os.Mkdir(folder, 0o700)
		if err == nil {
			return folder, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("a folder for the kernel's files: %w", err)
		}
	}
}
