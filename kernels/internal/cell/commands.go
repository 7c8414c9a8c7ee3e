package cell

import "strings"

// ways are the commands after which GoNB makes the program in a way of its own.
var ways = map[string]bool{"%main": true, "%exec": true, "%test": true, "%wasm": true}

// text is a cell's Go source and what stands between its lines for GoNB.
type text struct {
	// source is the cell with its commands blanked: every byte is where it is in the cell.
	source string
	// command tells for each line whether it is one of GoNB's commands, or goes on with one.
	command []bool
	// main is the number of the line %% or %main, counted from 0, or -1.
	main int
	// foreign says that the cell isn't ours to change: a magic cell such as %%bash, a test, another program's.
	foreign bool
}

func read(cell string) text {
	lines := strings.Split(cell, "\n")
	t := text{command: make([]bool, len(lines)), main: -1}
	blanked := make([]string, len(lines))
	goesOn := false
	for i, line := range lines {
		blanked[i] = line
		trimmed, command := strings.TrimPrefix(line, "//gonb:"), isCommand(line)
		if !goesOn && command {
			name, _, _ := strings.Cut(strings.ReplaceAll(trimmed, "\t", " "), " ")
			switch {
			case name == "%%" || name == "%main":
				if t.main >= 0 {
					t.foreign = true // GoNB will say what it thinks of two
				}
				t.main = i
			case ways[name], i == 0 && strings.HasPrefix(name, "%%"):
				t.foreign = true
			}
		}
		if goesOn || command {
			t.command[i] = true
			blanked[i] = strings.Repeat(" ", len(line))
			goesOn = strings.HasSuffix(line, `\`)
		}
	}
	t.source = strings.Join(blanked, "\n")
	return t
}
