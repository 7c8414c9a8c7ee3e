package cell

import (
	"go/parser"
	"go/token"
	"strings"
)

// Parses tells whether a cell is Go, as far as its syntax goes.
func Parses(code string) bool {
	a := newAnalysis(new(Session), code)
	if a.text.main < 0 && !a.take() {
		return parses("package main\n" + a.text.source)
	}
	if a.text.main >= 0 {
		a.behindMain()
	}
	return parses(a.program(""))
}

func parses(program string) bool {
	_, err := parser.ParseFile(token.NewFileSet(), "cell.go", program, parser.SkipObjectResolution)
	return err == nil
}

// Arranged returns a cell as GoNB can look at it, for whoever asks what could stand at a place in it: with its
// statements in main and nothing else changed. The place is given and returned in characters.
func Arranged(code string, cursor int) (string, int) {
	a := newAnalysis(new(Session), code)
	if a.text.foreign || a.text.main >= 0 || unreadable(code) || !a.take() || !a.plain {
		return code, cursor
	}
	at := len(string([]rune(code)[:min(max(cursor, 0), len([]rune(code)))]))
	stated := true
	for _, p := range a.parts {
		if p.kind == declaration && p.start <= at && at <= p.end {
			stated = false
		}
	}
	line := strings.Count(code[:at], "\n")
	column := len([]rune(code[strings.LastIndexByte(code[:at], '\n')+1 : at]))
	declaredLines, statedLines := strings.Split(a.declared, "\n"), strings.Split(a.stated, "\n")
	a.arrange(declaredLines, statedLines)
	lines := strings.Split(a.result.Code, "\n")
	to := line
	if stated {
		to = line - a.result.skipped + a.result.head + 1
	}
	if to < 0 || to >= len(lines) || column > len([]rune(lines[to])) {
		return code, cursor // on an empty line, say, ahead of all statements
	}
	before := 0
	for _, l := range lines[:to] {
		before += len([]rune(l)) + 1
	}
	return a.result.Code, before + column
}
