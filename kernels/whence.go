package kernels

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// whence leads from a line of the program that GoNB has made of the cells to the cell and its line: GoNB has the
// functions as they were written, so the function around that line is looked for in the cells, the last one first. at is 0
// where there is none.
func (c *cells) whence(known *asked, line int) (number, at int) {
	program := c.program()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, "", program, parser.SkipObjectResolution)
	if err != nil {
		return 0, 0
	}
	for _, d := range file.Decls {
		first, last := set.Position(d.Pos()), set.Position(d.End())
		if _, isFunc := d.(*ast.FuncDecl); !isFunc || line < first.Line || line > last.Line {
			continue
		}
		text, into := program[first.Offset:last.Offset], line-first.Line
		if body, ok := strings.CutPrefix(text, "func main() {\n\tflag.Parse()\n"); ok { // of a cell with %%
			text, into = strings.TrimSuffix(body, "\n}"), into-2
		}
		return c.holding(known, strings.TrimSpace(text), into)
	}
	return 0, 0
}

// holding finds the last cell with that text, and the line of it that lies so many below the text's first.
func (c *cells) holding(known *asked, text string, below int) (number, at int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	candidates := []*asked{known}
	for _, n := range slices.Backward(slices.Sorted(maps.Keys(c.byNumber))) {
		candidates = append(candidates, c.byNumber[n])
	}
	for _, cell := range candidates {
		if before, _, ok := strings.Cut(cell.rewritten.Code, text); ok && text != "" {
			return cell.number, cell.rewritten.Line(strings.Count(before, "\n") + 1 + below)
		}
	}
	return 0, 0
}
