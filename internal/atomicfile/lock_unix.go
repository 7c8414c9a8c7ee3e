//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package atomicfile

import (
	"os"
	"syscall"
)

// lock marks a file as in use until unlock is called or the process ends, also when the file is closed before. On a
// file system without locks a file is never taken for abandoned.
func lock(file *os.File) (unlock func()) {
	syscall.ForkLock.RLock()
	fd, err := syscall.Dup(int(file.Fd()))
	if err == nil {
		syscall.CloseOnExec(fd)
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return func() {}
	}
	for err = syscall.EINTR; err == syscall.EINTR; {
		err = syscall.Flock(fd, syscall.LOCK_EX) // ifAbandoned doesn't hold it for long
	}
	return func() { _ = syscall.Close(fd) }
}

// ifAbandoned calls do, with the file locked, when no writer has it open.
func ifAbandoned(path string, do func() error) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil {
		return nil
	}
	return do()
}
