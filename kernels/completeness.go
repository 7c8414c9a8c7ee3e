package kernels

import (
	"go/scanner"
	"go/token"
	"strings"

	"example.com/unstuck/kernels/internal/cell"
)

// isComplete is the content of an is_complete_reply.
type isComplete struct {
	// Status is complete, incomplete or invalid.
	Status string `json:"status"`
	// Indent is what a client may put at the start of the next line.
	Indent string `json:"indent"`
}

// completeness tells whether a cell can be executed as it stands. A cell holds Go declarations and statements, commands (lines that
// start with % or !), and after a line %% the statements of main. A magic cell such as %%bash is complete.
func completeness(code string) isComplete {
	source, inMain := goSource(code)
	if strings.TrimSpace(source) == "" {
		return isComplete{Status: "complete"}
	}
	source = "package main\n" + source
	depth, open := openEnds(source)
	if inMain && depth == 1 {
		source += "}"
		depth, open = openEnds(source)
	}
	if open {
		if inMain {
			depth-- // the body of main starts at the margin
		}
		return isComplete{Status: "incomplete", Indent: strings.Repeat("\t", max(depth, 0))}
	}
	if !cell.Parses(code) {
		return isComplete{Status: "invalid"}
	}
	return isComplete{Status: "complete"}
}

// goSource returns the declarations that a cell stands for, without its commands; main, when the cell has one by way of
// %%, lacks its closing brace. A magic cell has no source.
func goSource(cell string) (source string, inMain bool) {
	var b strings.Builder
	for i, line := range strings.Split(cell, "\n") {
		command := strings.TrimPrefix(line, "//gonb:")
		name, _, _ := strings.Cut(strings.TrimSpace(command), " ")
		switch {
		case name == "%%" || name == "%main":
			inMain = true
			b.WriteString("func main() {")
		case i == 0 && strings.HasPrefix(command, "%%"):
			return "", false
		case strings.HasPrefix(command, "%"), strings.HasPrefix(command, "!"):
		default:
			b.WriteString(line)
		}
		b.WriteByte('\n')
	}
	return b.String(), inMain
}

// openEnds scans Go source and returns how many brackets are open at its end, and whether more must follow: an open
// bracket, raw string or comment.
func openEnds(source string) (depth int, open bool) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	unterminated := false
	s.Init(file, []byte(source), func(_ token.Position, text string) {
		unterminated = unterminated ||
			text == "raw string literal not terminated" || text == "comment not terminated"
	}, 0)
	for {
		_, tok, _ := s.Scan()
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth--
			if depth < 0 {
				return 0, false
			}
		case token.EOF:
			return depth, depth > 0 || unterminated
		}
	}
}
