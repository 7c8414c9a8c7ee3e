package kernels

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

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
