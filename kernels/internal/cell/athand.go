package cell

import (
	"go/token"
	"maps"
	"slices"
)

// AtHand tells whether the types of the packages that a cell mentions are at hand, so that what is asked about it can be answered at once.
func (s *Session) AtHand(code string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.missing(code)) == 0
}

// Prepare finds the types of the packages that every cell has at hand, by find. Cells don't wait meanwhile.
func (s *Session) Prepare(find func(paths []string) map[string]string) {
	if s.Standard != nil {
		s.Standard() // which is to be asked for once
	}
	s.learn(find(slices.Sorted(maps.Values(s.Imports))))
}

// PrepareFor finds the types of the packages that a cell mentions. Several questions about one package look for it once.
func (s *Session) PrepareFor(code string, find func(paths []string) map[string]string) {
	s.preparing.Lock()
	defer s.preparing.Unlock()
	s.mu.Lock()
	missing := s.missing(code)
	s.mu.Unlock()
	if len(missing) > 0 {
		s.learn(find(missing))
	}
}

func (s *Session) learn(files map[string]string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.exports()
	for p, file := range files {
		if known.files[p] == "" {
			known.files[p] = file
		}
	}
}

// missing are the paths of packages that a cell mentions and that nobody has looked for yet.
func (s *Session) missing(code string) (paths []string) {
	text := read(code)
	if text.foreign {
		return nil
	}
	name := ""
	tokensOf(text.source, func(tok token.Token, literal string) bool {
		if tok == token.PERIOD && name != "" {
			path := s.importPath(name, nil)
			if _, known := s.exports().files[path]; path != "" && !known && path != "unsafe" {
				paths = append(paths, path)
			}
		}
		if name = ""; tok == token.IDENT {
			name = literal
		}
		return true
	})
	return paths
}

func (s *Session) exports() *exports {
	if s.packages == nil {
		s.packages = newExports(s.Exports)
	}
	return s.packages
}
