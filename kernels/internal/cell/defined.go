package cell

import (
	"go/scanner"
	"go/token"
)

// identifiers calls yield for the tokens of source until it returns false.
func tokensOf(source string, yield func(tok token.Token, literal string) bool) {
	var s scanner.Scanner
	s.Init(token.NewFileSet().AddFile("", -1, len(source)), []byte(source), func(token.Position, string) {}, 0)
	for {
		_, tok, literal := s.Scan()
		if tok == token.EOF || !yield(tok, literal) {
			return
		}
	}
}

// mainName tells whether a declaration is that of the function main.
func mainName(source string) bool {
	at, is := 0, false
	tokensOf(source, func(tok token.Token, literal string) bool {
		at++
		is = at == 2 && tok == token.IDENT && literal == "main"
		return at < 2
	})
	return is
}

// mentions tells whether one of the names stands in source.
func mentions(source string, names map[string]bool) bool {
	found := false
	tokensOf(source, func(tok token.Token, literal string) bool {
		found = tok == token.IDENT && names[literal]
		return !found
	})
	return found
}

// defined are the names ahead of := where a statement begins with them, and those of a var.
func defined(source string) (names []string) {
	var before []string
	first, isVar := true, false
	tokensOf(source, func(tok token.Token, literal string) bool {
		isVar = isVar || first && tok == token.VAR
		first = false
		switch tok {
		case token.VAR, token.COMMA:
			return true
		case token.IDENT:
			before = append(before, literal)
			return true
		case token.DEFINE, token.ASSIGN:
			names = before
		}
		return false
	})
	if isVar {
		return before // with its type's name, which does no harm
	}
	return names
}
