package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// Machine is what was measured on, and how busy it was before.
type Machine struct {
	OS        string `json:"os"`
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	Load      string `json:"load_average"` // over 1, 5 and 15 minutes, when it began
}

func thisMachine() Machine {
	return Machine{
		OS: runtime.GOOS + "/" + runtime.GOARCH, Cores: runtime.NumCPU(),
		Processor: field("/proc/cpuinfo", "model name"), Load: load(),
	}
}

// String is the machine in one line.
func (m Machine) String() string {
	return fmt.Sprintf("%d cores (%s, %s), load average %s at the start", m.Cores, m.Processor, m.OS, m.Load)
}

// field is the value of the first line "name : value" of a file; "unknown" where there is none.
func field(file, name string) string {
	text, err := os.ReadFile(file)
	if err != nil {
		return "unknown"
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
