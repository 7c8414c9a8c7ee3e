package kernels

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

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

// watch starts the watcher of a folder. The function that it returns lets the watcher do its work, and returns when
// that is done.
func watch(command []string, folder string) (release func(), err error) {
	watcher := exec.Command(command[0], append(command[1:len(command):len(command)], folder)...)
	watcher.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Jupyter kills the whole process group
	hold, err := watcher.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := watcher.Start(); err != nil {
		return nil, fmt.Errorf("starting the kernel's watcher: %w", err)
	}
	return func() {
		hold.Close()
		watcher.Wait()
		sweep(folder) // in case that something killed the watcher
		reap()
	}, nil
}
