package cell

import (
	"go/scanner"
	"go/token"
)

// nameAsked finds the name that someone asks about with the cursor at a place in source: the one it stands at, else that of the call or
// the literal that has just ended there, or that is open. It returns an empty stretch where there is none.
func nameAsked(source string, cursor int) (start, end int) {
	type stretch struct{ start, end int }
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, 0)
	var open []stretch // names ahead of the brackets that are open
	var before stretch // the name that the last token was, or that of the brackets that it has closed
	for {
		pos, tok, literal := s.Scan()
		at := file.Offset(pos)
		if tok == token.EOF || at > cursor || at == cursor && tok != token.IDENT {
			break
		}
		switch tok {
		case token.IDENT:
			before = stretch{at, at + len(literal)}
			if cursor <= before.end {
				return before.start, before.end
			}
			continue
		case token.LPAREN, token.LBRACE, token.LBRACK:
			open = append(open, before)
		case token.RPAREN, token.RBRACE, token.RBRACK:
			if len(open) == 0 {
				return 0, 0
			}
			closed := open[len(open)-1]
			if open = open[:len(open)-1]; at+1 == cursor && closed.end > 0 {
				return closed.start, closed.end
			}
		case token.STRING, token.CHAR:
			if cursor < at+len(literal) {
				return 0, 0
			}
		}
		before = stretch{}
	}
	for i := len(open) - 1; i >= 0; i-- {
		if open[i].end > 0 {
			return open[i].start, open[i].end
		}
	}
	return 0, 0
}
