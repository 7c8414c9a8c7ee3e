package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func itoa(n int) string { return strconv.Itoa(n) }

// processOf is what Linux says of a process: its number, its parent's and its state.
func processOf(stat string) (pid, parent int, state string, ok bool) {
	text, err := os.ReadFile(stat)
	if err != nil {
		return 0, 0, "", false
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	words := strings.Fields(rest)
	if len(words) < 2 {
		return 0, 0, "", false
	}
	pid, err = strconv.Atoi(filepath.Base(filepath.Dir(stat)))
	if err != nil {
		return 0, 0, "", false
	}
	parent, err = strconv.Atoi(words[1])
	return pid, parent, words[0], err == nil
}

// trains tells that a process has been busy for a while, as one that only starts isn't.
func trains(pid int) bool {
	text, err := os.ReadFile(filepath.Join("/proc", itoa(pid), "stat"))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	words := strings.Fields(rest)
	if len(words) < 12 || words[0] == "Z" {
		return false
	}
	ticks, err := strconv.Atoi(words[11])
	return err == nil && ticks > 100 // hundredths of a second
}
