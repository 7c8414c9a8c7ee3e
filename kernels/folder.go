package kernels

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
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

// Watch waits until r ends and then removes what a kernel has left: the processes that it started and its folder. It is
// the second process of a kernel: r is a pipe that the first one holds open, and the system closes that pipe however the
// first one ends, so nothing stays behind when Jupyter kills it.
func Watch(r io.Reader, folder string) error {
	if !strings.HasPrefix(filepath.Base(folder), folderPrefix) {
		return fmt.Errorf("%s is not the folder of a kernel", folder)
	}
	io.Copy(io.Discard, r)
	return sweep(folder)
}

// sweep ends the kernel's processes and removes its folder. Once that is done, doing it again changes nothing.
func sweep(folder string) error {
	stopOwned(folder, 2*time.Second)
	if err := os.RemoveAll(folder); err != nil {
		return fmt.Errorf("the kernel's folder: %w", err)
	}
	return nil
}
