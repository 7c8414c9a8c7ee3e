package kernels

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// adopt makes this process the parent of those whose own parent ends first, as gopls does when GoNB stops.
func adopt() {
	unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
}

// reap takes note of the end of all children. In a container, where nobody else may do that, they would stay in the
// process table. No one may be waiting for a child at the same time.
func reap() {
	for end := time.Now().Add(200 * time.Millisecond); time.Now().Before(end); {
		pid, err := unix.Wait4(-1, nil, unix.WNOHANG, nil)
		if err != nil {
			return // no child is left
		}
		if pid == 0 {
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// processes lists the running programs. Those started with TMPDIR=folder, and what they started in turn, are owned.
func processes(folder string) []process {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var all []process
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		stat, err := os.ReadFile(filepath.Join("/proc", entry.Name(), "stat"))
		if err != nil {
			continue // it ended meanwhile
		}
		// pid (name) state parent …; the name may hold spaces and brackets.
		open, end := bytes.IndexByte(stat, '('), bytes.LastIndexByte(stat, ')')
		if open < 0 || end < open {
			continue
		}
		fields := strings.Fields(string(stat[end+1:]))
		if len(fields) < 2 {
			continue
		}
		parent, _ := strconv.Atoi(fields[1])
		p := process{pid: pid, parent: parent, name: string(stat[open+1 : end])}
		if folder != "" {
			environ, _ := os.ReadFile(filepath.Join("/proc", entry.Name(), "environ"))
			p.owned = bytes.Contains(append([]byte{0}, environ...), []byte("\x00TMPDIR="+folder+"\x00"))
		}
		all = append(all, p)
	}
	return all
}
