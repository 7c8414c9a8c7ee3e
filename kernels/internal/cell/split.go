package cell

import (
	"go/scanner"
	"go/token"
	"strings"
)

// kind is what a part of a cell is.
type kind int

const (
	statement   kind = iota
	declaration      // import, const, type, var, func: GoNB keeps it for later cells
	clause           // package: GoNB writes its own
)

// part is a stretch of source that ends where a semicolon stands outside of brackets, or would.
type part struct {
	kind       kind
	token      token.Token // the first one
	start, end int         // without the semicolon
	closed     bool        // by a semicolon that is written
}

// lexeme is a token with its place.
type lexeme struct {
	token token.Token
	start int
}

// split takes source apart at the top level. It needs no source that parses: the first tokens of a part tell its kind.
func split(source string) (parts []part) {
	var s scanner.Scanner
	file := token.NewFileSet().AddFile("", -1, len(source))
	s.Init(file, []byte(source), func(token.Position, string) {}, 0)
	depth, last := 0, 0 // last: where the part's last token ends
	var tokens []lexeme
	flush := func(closed bool) {
		if len(tokens) > 0 {
			parts = append(parts, part{kindOf(tokens), tokens[0].token, tokens[0].start, last, closed})
		}
		tokens = nil
	}
	for {
		pos, tok, literal := s.Scan()
		if tok == token.EOF {
			flush(false)
			return parts
		}
		if tok == token.SEMICOLON && depth == 0 {
			flush(literal == ";")
			continue
		}
		switch tok {
		case token.LPAREN, token.LBRACE, token.LBRACK:
			depth++
		case token.RPAREN, token.RBRACE, token.RBRACK:
			depth = max(depth-1, 0) // one too many is the compiler's to name
		case token.SEMICOLON:
			if literal != ";" {
				continue // a line's end
			}
		}
		at := file.Offset(pos)
		tokens = append(tokens, lexeme{tok, at})
		if literal == "" {
			literal = tok.String()
		}
		last = min(at+len(literal), len(source))
	}
}

// withComment returns where the comment begins that stands in the lines right above a place, which is the place where there is none.
func withComment(source string, at int) int {
	start := strings.LastIndexByte(source[:at], '\n') + 1
	if strings.TrimSpace(source[start:at]) != "" {
		return at
	}
	for start > 0 {
		above := strings.LastIndexByte(source[:start-1], '\n') + 1
		if !strings.HasPrefix(strings.TrimLeft(source[above:start], " \t"), "//") {
			break
		}
		start, at = above, above
	}
	return at
}

func kindOf(tokens []lexeme) kind {
	switch tokens[0].token {
	case token.PACKAGE:
		return clause
	case token.IMPORT, token.CONST, token.TYPE, token.VAR:
		return declaration
	case token.FUNC:
		if named(tokens[1:]) {
			return declaration
		}
	}
	return statement
}

// named tells a function or method that is declared, func f( or func (r T) f(, from one that is a value: func(x int) {…}.
func named(tokens []lexeme) bool {
	if len(tokens) == 0 {
		return true // func alone: someone is about to declare one
	}
	if tokens[0].token != token.LPAREN {
		return tokens[0].token == token.IDENT
	}
	depth := 0
	for i, t := range tokens {
		switch t.token {
		case token.LPAREN:
			depth++
		case token.RPAREN:
			depth--
		}
		if depth == 0 {
			rest := tokens[i+1:]
			return len(rest) > 1 && rest[0].token == token.IDENT && (rest[1].token == token.LPAREN || rest[1].token == token.LBRACK)
		}
	}
	return false
}
