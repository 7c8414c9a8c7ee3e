//go:build unix && !linux

package kernels

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// processes lists the running programs. Those that name folder on their command line — GoNB its connection file, gopls
// its socket, a cell its program — and what they started in turn are owned.
func processes(folder string) []process {
	output, err := exec.Command("ps", "-axo", "pid=,ppid=,command=").Output()
	if err != nil {
		return nil
	}
	var all []process
	var owned []int
	for line := range strings.Lines(string(output)) {
		fields := strings.Fields(line)
		if len(fields) < 3 {
			continue
		}
		pid, _ := strconv.Atoi(fields[0])
		parent, _ := strconv.Atoi(fields[1])
		all = append(all, process{pid: pid, parent: parent, name: filepath.Base(fields[2])})
		if folder != "" && strings.Contains(line, folder+"/") {
			owned = append(owned, pid)
		}
	}
	for _, pid := range slices.Clone(owned) {
		owned = append(owned, descendants(all, pid)...)
	}
	for i := range all {
		all[i].owned = slices.Contains(owned, all[i].pid)
	}
	return all
}

// adopt and reap do nothing: outside Linux a process can't take over those that its children leave behind.
func adopt() {}

func reap() {}
