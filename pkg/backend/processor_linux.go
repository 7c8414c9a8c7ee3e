package backend

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// processor describes the machine's first processor by all that its code may depend on: model and features.
func processor() (string, error) {
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "", err
	}
	first, _, _ := strings.Cut(string(text), "\n\n")
	var lines []string
	for line := range strings.Lines(first) {
		name, value, _ := strings.Cut(line, ":")
		switch name := strings.TrimSpace(name); name {
		case "vendor_id", "cpu family", "model", "model name", "stepping", "flags", // of x86-64
			"Features", "CPU implementer", "CPU architecture", "CPU variant", "CPU part": // of arm64
			lines = append(lines, name+":"+strings.TrimSpace(value))
		}
	}
	if len(lines) == 0 {
		return "", fmt.Errorf("/proc/cpuinfo names no processor")
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n"), nil
}
