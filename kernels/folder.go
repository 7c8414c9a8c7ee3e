package kernels

import (
	"fmt"
	"os"
	"path/filepath"
)

// folderPrefix starts the name of a running kernel's folder.
const folderPrefix = "unstuck-"

// longestFolder bounds the path of a kernel's folder: gopls opens a socket in it (…/gonb_12345678/gopls_socket), and
// a socket's path has at most 103 characters on macOS, 107 on Linux.
const longestFolder = 103 - len("/gonb_12345678/gopls_socket")

// newFolder makes the folder that holds everything a running kernel writes: GoNB's workspace, its logs, its pipes, and
// the temporary files of the cells.
func newFolder() (string, error) {
	parent := os.TempDir()
	if len(filepath.Join(parent, folderPrefix+"1234567890")) > longestFolder {
		parent = "/tmp"
	}
	folder, err := os.MkdirTemp(parent, folderPrefix)
	if err != nil {
		return "", fmt.Errorf("a folder for the kernel's files: %w", err)
	}
	return folder, nil
}
