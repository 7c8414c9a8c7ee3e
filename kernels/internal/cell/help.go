package cell

import (
	"go/doc/comment"
	"strings"
)

// pages is where the standard library's are on the network.
const pages = "https://pkg.go.dev"

// markdown is laid out as gopls does it: rules between the parts.
func (h help) markdown() string {
	var b strings.Builder
	b.WriteString("```go\n" + h.signature + "\n```")
	if h.comment != "" {
		printer := comment.Printer{HeadingID: func(*comment.Heading) string { return "" }, DocLinkURL: h.link}
		b.WriteString("\n\n---\n\n" + strings.TrimSpace(string(printer.Markdown(h.parsed()))))
	}
	if len(h.methods) > 0 {
		b.WriteString("\n\n```go\n" + strings.Join(h.methods, "\n") + "\n```")
	}
	if h.path != "" {
		name, at := h.path[strings.LastIndexByte(h.path, '/')+1:], h.path
		if h.name != "" {
			name, at = name+"."+h.name, at+"#"+h.name
		}
		if h.path == "builtin" {
			name = h.name
		}
		b.WriteString("\n\n---\n\n[`" + name + "` on pkg.go.dev](" + pages + "/" + at + ")")
	}
	return b.String()
}

func (h help) plain() string {
	parts := []string{h.signature}
	if h.comment != "" {
		parts = append(parts, strings.TrimSpace(string(new(comment.Printer).Text(h.parsed()))))
	}
	if len(h.methods) > 0 {
		parts = append(parts, strings.Join(h.methods, "\n"))
	}
	return strings.Join(parts, "\n\n")
}

func (h help) parsed() *comment.Doc {
	parser := comment.Parser{LookupSym: func(recv, name string) bool {
		if recv != "" {
			name = recv
		}
		return h.path != "" && h.pkg != nil && h.pkg.Scope().Lookup(name) != nil
	}}
	return parser.Parse(h.comment)
}

// link leads to the standard library's pages.
func (h help) link(l *comment.DocLink) string {
	if l.ImportPath == "" {
		l.ImportPath = h.path
	}
	return l.DefaultURL(pages)
}
