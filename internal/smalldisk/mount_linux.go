package smalldisk

import (
	"fmt"

	"golang.org/x/sys/unix"
)

func mount(folder string, bytes int) error {
	return unix.Mount("none", folder, "tmpfs", 0, fmt.Sprintf("size=%d", bytes))
}

// unmount takes the file system away although a file of it may be open still.
func unmount(folder string) error { return unix.Unmount(folder, unix.MNT_DETACH) }
